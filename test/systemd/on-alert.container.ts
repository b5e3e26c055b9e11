/** The owner's program for alerts in the unit's sandbox, with the programs of docs/on-alert.md as they are. */

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { textOf } from '../docs/documents.js';
import { cleanUpAfter } from './clean-up.js';
import type { Container } from './container.js';
import { bootHouse, configuration, journal, LOG } from './heyu-in-container.js';
import { isPossible } from './possible.js';

const PAGE = textOf('docs/on-alert.md');
const INTERNET = '/root/internet';

/** The code blocks of a section: the program, files and the commands that put them in their places. */
function blocksOf(heading: string): readonly string[] {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/on-alert.md has no section "${heading}"`);
  return [...section.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, block = '']) => block);
}

describe.runIf(isPossible)('a program for alerts', () => {
  let house: Container;
  const cleanUp = cleanUpAfter();

  beforeAll(async () => {
    house = await bootHouse('onalert', cleanUp);
    house.run('apt-get install --yes /root/heyu2mqtt.deb');
    const onAlert = 'on_alert: { command: /etc/heyu2mqtt/on-alert, timeout: 20s }\n';
    house.write('/etc/heyu2mqtt/config.yaml', configuration() + onAlert);
    const sensors = [1, 2, 3, 4, 5].map(
      (unit) => `smoke${unit}: { address: C${unit}, model: SD90, name: Küche }`,
    );
    house.write('/etc/heyu2mqtt/aliases.yaml', `aliases:\n  ${sensors.join('\n  ')}\n`);
    put('#!/bin/sh\n');
    house.run('systemctl enable --now heyu2mqtt');
    // the internet
    house.run(`mkdir ${INTERNET} && cd ${INTERNET}
      echo '127.0.0.1 ntfy.sh smtp.example.org' >> /etc/hosts
      openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=ntfy.sh \\
        -addext subjectAltName=DNS:ntfy.sh,DNS:smtp.example.org
      cp cert.pem /usr/local/share/ca-certificates/house.crt && update-ca-certificates`);
    house.put(join(import.meta.dirname, 'internet.mjs'), `${INTERNET}/internet.mjs`);
    house.run(`systemd-run --quiet --unit=internet node ${INTERNET}/internet.mjs ${INTERNET}`);
    await house.until('ss -Hltn sport = :443', (text) => text !== '');
  });

  /** Puts the program where the page puts it. */
  const put = (program: string): void => {
    house.write('/root/on-alert', program);
    house.run(`cd /root && ${INSTALL}`);
  };
  const INSTALL = blocksOf('A message by ntfy')[1]?.split('\n').at(-2)?.replace('sudo ', '') ?? 'false';
  const smoke = (unit: number): void =>
    void house.run(`date +'%m/%d %H:%M:%S  rcva func        Alert : hu C${unit}   (smoke${unit})' >> ${LOG}`);
  const arrives = async (name: string): Promise<Record<string, string>> =>
    JSON.parse(
      await house.until(`cat ${INTERNET}/${name}.json 2>/dev/null || true`, (text) => text.endsWith('}')),
    ) as Record<string, string>;

  test('is told the alert, as the user of the service, and nothing that is for the service alone', async () => {
    const told = '/var/lib/heyu2mqtt/told';
    put(`#!/bin/sh\nexec > ${told}.new\nid -un\ncat\nenv | sort\nmv ${told}.new ${told}\n`);
    expect(house.attempt('heyu2mqtt check').stdout).toContain(
      '/etc/heyu2mqtt/on-alert is run for each alert',
    );
    smoke(1);
    const [user, alert = '', ...env] = (
      await house.until(`cat ${told} 2>/dev/null || true`, (text) => text !== '')
    ).split('\n');
    expect(user).toBe('heyu2mqtt');
    expect(JSON.parse(alert)).toMatchObject({ kind: 'smoke', alias: 'smoke1', text: 'Küche: smoke' });
    expect(env).toContain('HEYU2MQTT_ALERT_TEXT=Küche: smoke');
    expect(env.filter((each) => /^(HEYU2MQTT_(?!ALERT_)|NOTIFY_SOCKET|CREDENTIALS)/.test(each))).toEqual([]);
  });

  test('is ended when it takes too long, with all that it has started', async () => {
    put(`#!/bin/sh\ntrap '' TERM\nsleep 600\n`);
    house.run(
      `sed -i 's/timeout: 20s/timeout: 1s/' /etc/heyu2mqtt/config.yaml && systemctl reload heyu2mqtt`,
    );
    await house.until('journalctl -u heyu2mqtt --no-pager', (text) =>
      text.includes('configuration reloaded'),
    );
    smoke(2);
    await house.until('pgrep -u heyu2mqtt sleep || true', (text) => text !== '');
    await house.until('pgrep -u heyu2mqtt sleep || true', (text) => text === '');
    expect(journal(house)).toContain('no answer within 1 s');
    house.run(
      `sed -i 's/timeout: 1s/timeout: 20s/' /etc/heyu2mqtt/config.yaml && systemctl reload heyu2mqtt`,
    );
  });

  test('of the page sends a message by ntfy', async () => {
    put(blocksOf('A message by ntfy')[0] ?? '');
    smoke(3);
    expect(await arrives('ntfy')).toEqual({
      host: 'ntfy.sh',
      path: '/a-topic-that-nobody-can-guess',
      title: 'X10 alert: smoke',
      priority: 'urgent',
      body: 'Küche: smoke',
    });
  });

  test('of the page sends a mail through a server that wants a log-in', async () => {
    const [program = '', msmtprc = '', commands = ''] = blocksOf('A mail by msmtp');
    house.write('/root/on-alert', program);
    house.write('/root/msmtprc', msmtprc);
    house.run(`cd /root\n${commands.replace(/^sudo apt.*$/m, '')}`);
    smoke(4);
    const mail = await arrives('mail');
    expect(mail).toMatchObject({ user: 'x10@example.org a-secret', to: 'TO:<you@example.org>' });
    expect(mail['text']).toContain('Subject: X10 alert: smoke\n');
    expect(mail['text']).toContain('\n\nKüche: smoke\n');
  });

  test('is tried by hand as the page says', () => {
    house.run(`rm ${INTERNET}/mail.json`);
    const [command = ''] = blocksOf('Test it');
    expect(house.run(command)).toBe('0');
    expect(house.read(`${INTERNET}/mail.json`)).toContain('a trial');
  });
});
