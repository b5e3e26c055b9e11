/** A house as its owner bob has it before the first hour: heyu's files in a closed home, a broker with a password, no Node. */

import type { Release } from './base-tree.js';
import { boot, type Container } from './container.js';

/** Where bob's heyu writes. */
export const LOG = '/home/bob/heyu/heyu.log.ttyUSB0';
export const X10CONFIG = '/home/bob/.heyu/x10config';
/** What mosquitto's programs need to connect as the bridge. */
export const BRIDGE = '-u heyu2mqtt -P bridge-secret';
/** init as bob calls it, the password on its standard input. */
export const INIT = 'SUDO_USER=bob heyu2mqtt init --yes --username heyu2mqtt --password-file -';

/** What bob's heyu writes: lines of its log with the stamp of this moment. */
export const says = (...lines: readonly string[]): string =>
  lines.map((line) => `runuser -u bob -- sh -c "date +'%m/%d %H:%M:%S  ${line}' >> ${LOG}"`).join('\n');
export const MOTION = [
  'rcva addr unit       3 : hu A3  (hall_motion)',
  'rcva func           On : hc A',
] as const;

/** Boots it, with both packages in /root. */
export async function bootForBob(
  name: string,
  release: Release,
  packages: { readonly program: string; readonly runtime: string },
): Promise<Container> {
  const house = await boot(name, release);
  house.put(packages.program, '/root/heyu2mqtt.deb');
  house.put(packages.runtime, '/root/heyu2mqtt-node.deb');
  house.run(`apt-get purge --yes nodejs
      useradd -m bob && chmod 0700 /home/bob
      mosquitto_passwd -c -b /etc/mosquitto/passwords heyu2mqtt bridge-secret
      chown mosquitto /etc/mosquitto/passwords
      printf 'listener 1883\\nallow_anonymous false\\npassword_file /etc/mosquitto/passwords\\n' > /etc/mosquitto/conf.d/users.conf
      systemctl restart mosquitto`);
  return house;
}

/** The first command of README. */
export const INSTALL = 'apt-get install --yes /root/heyu2mqtt.deb /root/heyu2mqtt-node.deb';

/** Bob's heyu: three sensors, and a log that he alone may read. */
export function giveHeyu(house: Container): void {
  house.run(`install -d -o bob -g bob -m 0755 /home/bob/.heyu && install -d -o bob -g bob -m 0750 /home/bob/heyu
      install -o bob -g bob -m 0640 /dev/null ${LOG}
      cat > ${X10CONFIG} <<'END'
TTY /dev/ttyUSB0
TTY_AUX /dev/ttyUSB1 MR26A
LOG_DIR /home/bob/heyu
START_ENGINE AUTO
ALIAS hall_motion A3 MS14A RFFORWARD
ALIAS door C2 DS10A 0x65
ALIAS fob C4 KR10A 0x70
END
      chown bob:bob ${X10CONFIG} && chmod 0600 ${X10CONFIG}`);
}
