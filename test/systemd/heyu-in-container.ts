/** An X10 house inside the container: heyu's user, its log, and somebody who listens to the broker. */

import { until } from '../support/until.js';
import { boot, type Container } from './container.js';
import { buildDebs } from './debs.js';

/** Where heyu writes in the tests; belongs to heyu:adm, unreadable for all others. */
export const LOG = '/var/log/heyu/heyu.log.ttyS0';

/** Creates the user heyu and its log. */
export function buildHouse(container: Container): void {
  container.run(`useradd --system heyu
    install -d -o heyu -g adm -m 0750 /var/log/heyu
    install -o heyu -g adm -m 0640 /dev/null ${LOG}`);
}

/**
 * Boots a Debian 13 with a house, and with the package and the one before it as /root/heyu2mqtt.deb and
 * /root/earlier.deb. `cleanUp` gets what takes both away (clean-up.ts).
 */
export async function bootHouse(name: string, cleanUp: (() => unknown)[]): Promise<Container> {
  const debs = buildDebs();
  cleanUp.push(debs.remove);
  const house = await boot(name);
  cleanUp.push(house.stop);
  buildHouse(house);
  house.put(debs.current, '/root/heyu2mqtt.deb');
  house.put(debs.earlier, '/root/earlier.deb');
  return house;
}

/** Appends a standard X10 event as heyu writes it, with the stamp of this moment: address line, function line. */
export function signal(container: Container, unit: string, on: boolean, log: string = LOG): void {
  const house = unit.charAt(0);
  container.run(`exec >> ${log}
    date +'%m/%d %H:%M:%S  rcva addr unit     ${unit.slice(1).padStart(3)} : hu ${unit.padEnd(3)} (_no_alias_)'
    date +'%m/%d %H:%M:%S  rcva func ${(on ? 'On' : 'Off').padStart(12)} : hc ${house}'`);
}

export type Listener = {
  /** All that was received: "topic payload" per line, in order. */
  readonly heard: () => string[];
  /** Waits until the last payload of `topic` after line `from` of what was heard is `payload`. */
  readonly untilLast: (topic: string, payload: string, from?: number, patienceMs?: number) => Promise<void>;
};

let listeners = 0;

/** Subscribes to everything with mosquitto_sub, as a service of its own that outlives restarts of the broker. */
export async function listen(container: Container, options = ''): Promise<Listener> {
  // each has a name of its own: what is left of a transient unit after a soft reboot keeps its name taken
  listeners += 1;
  container.run(`systemctl stop 'listener*.service' 2>/dev/null || true
    systemd-run --quiet --unit=listener${listeners} --property=Restart=always --property=StandardOutput=append:/root/heard \\
      mosquitto_sub ${options} -v -q 1 -t 'x10/#' -t 'homeassistant/#'`);
  const heard = (): string[] => container.run('touch /root/heard; cat /root/heard').split('\n');
  await until(
    () => {
      container.attempt(`mosquitto_pub ${options} -q 1 -t homeassistant/ping -m ping`);
      return heard().includes('homeassistant/ping ping');
    },
    () => container.run(`journalctl -u listener${listeners} --no-pager | tail -20`),
  );
  return {
    heard,
    untilLast: async (topic, payload, from = 0, patienceMs?: number) => {
      await until(
        () =>
          heard()
            .slice(from)
            .findLast((line) => line.startsWith(`${topic} `)) === `${topic} ${payload}`,
        () => `${topic} ${payload}; heard:\n${heard().slice(from).join('\n')}\n${journal(container)}`,
        patienceMs,
      );
    },
  };
}

/** The end of the service's journal, for error texts. */
export function journal(container: Container): string {
  return container.attempt('journalctl -u heyu2mqtt --no-pager -o short-precise | tail -n 30').stdout;
}

/** A property of the service, such as `StatusText`. */
export function property(container: Container, name: string): string {
  return container.run(`systemctl show --property=${name} --value heyu2mqtt`);
}

/** The configuration of the house. */
export function configuration({ log = LOG, mqtt = 'url: mqtt://localhost:1883' } = {}): string {
  return `heyu: { log: ${log} }
mqtt: { ${mqtt} }
zones: { house: { name: House } }
bridge_id: x10
`;
}

/** The alias file of the house: one motion sensor, and what is added. */
export function aliases(more = ''): string {
  return `aliases:
  hall: { address: A3, model: MS14A, name: Hall, zone: house }
  ${more}
`;
}
