/** A house at a broker that serves others, too. */

import { onTestFinished } from './test-end.js';
import { collect, type Collector } from './collect.js';
import { makeHouse, type House, type HouseOptions } from './house.js';
import type { Mosquitto } from './mosquitto.js';

/** A house, its base topic, and who listens to all of it. */
export type OwnHouse = { readonly bridge: House; readonly seen: Collector; readonly base: string };

/** How it differs from others. */
export type OwnHouseOptions = HouseOptions & {
  /** `user:password@` at the broker. */
  readonly login?: string;
  /** More keys of `mqtt`, each after a comma. */
  readonly mqtt?: string;
  /** What is listened to beside all below the base topic. */
  readonly topics?: readonly string[];
};

/** Makes one with a base topic of its own; it is gone after the test. */
export async function ownHouse(
  broker: Mosquitto,
  base: string,
  { login = '', mqtt = '', config = '', topics = [], ...options }: OwnHouseOptions = {},
): Promise<OwnHouse> {
  const url = broker.url.replace('://', `://${login}`);
  const bridge = makeHouse({
    ...options,
    config: `mqtt: { url: "${url}", base_topic: ${base}${mqtt} }\n${config}\n`,
  });
  onTestFinished(() => bridge.remove());
  const seen = await collect(url, [`${base}/#`, ...topics]);
  onTestFinished(() => seen.stop());
  return { bridge, seen, base };
}
