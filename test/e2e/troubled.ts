/** A service that has trouble with its broker, and what people see of it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { onTestFinished } from '../support/test-end.js';
import { makeHouse, pair, type House } from '../support/house.js';
import { collect, type Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '../support/mosquitto.js';
import { until } from '../support/until.js';
import { loggedBy, type LogEntry } from './log-entries.js';

/** One sensor, `hall`. */
export const ALIASES = 'aliases:\n  hall: { address: A3, model: MS14A, name: Hall }\n';
/** What heyu writes when it sees motion. */
export const MOTION = pair('rcvi', 'A3', 'On', 'hall');
/** What the service says when it is refused. */
export const CANNOT = 'the broker cannot be reached, trying again until it can';

/** A broker until the end of the test. */
export async function mosquitto(options?: MosquittoOptions): Promise<Mosquitto> {
  const broker = await startMosquitto(options);
  onTestFinished(broker.remove);
  return broker;
}

/** A subscriber until the end of the test. */
export async function reader(...args: Parameters<typeof collect>): Promise<Collector> {
  const seen = await collect(...args);
  onTestFinished(seen.stop);
  return seen;
}

/** A bridge with these keys of `mqtt`; everything is logged, so that nothing can hide. */
export function bridgeWith(mqtt: Readonly<Record<string, string>>, more = ''): House {
  const bridge = makeHouse({
    mqttUrl: '',
    aliases: ALIASES,
    config: mqttSection(mqtt) + more,
    env: { HEYU2MQTT_LOG_LEVEL: 'debug' },
  });
  onTestFinished(bridge.remove);
  return bridge;
}

const mqttSection = (mqtt: Readonly<Record<string, string>>): string =>
  `mqtt: { ${Object.entries(mqtt)
    .map(([key, value]) => `${key}: "${value}"`)
    .join(', ')} }\n`;

/** Writes other keys of `mqtt` into config.yaml, as the hint says. */
export function reconfigure(bridge: House, mqtt: Readonly<Record<string, string>>): void {
  const text = readFileSync(bridge.configPath, 'utf8');
  writeFileSync(bridge.configPath, text.replace(/^mqtt: .*\n/m, mqttSection(mqtt)));
}

/** The first reason that it gives for being without a broker. */
export async function reasonOf(bridge: House): Promise<string> {
  const refusals = (): readonly LogEntry[] => loggedBy(bridge).filter(({ msg }) => msg === CANNOT);
  await until(
    () => refusals().length > 0,
    () => `a reason:\n${bridge.output()}`,
  );
  return refusals()[0]?.reason ?? '';
}

/** Motion of now reaches the broker, once. */
export async function expectMotion(bridge: House, seen: Collector): Promise<void> {
  await seen.untilLast('x10/bridge/status', 'online');
  bridge.heyu(...MOTION);
  await seen.untilLast('x10/hall/motion', 'ON');
  await seen.until(() => seen.payloads('x10/hall/event').length === 1);
}
