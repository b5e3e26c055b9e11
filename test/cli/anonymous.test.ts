/** `--anonymous`: what is shown of a house has none of its secrets, and is still of use. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { journalLine } from '../../src/history/journal.js';
import { makeHouse, pair, stampAt } from '../support/house.js';
import { runCli, type Ran } from './run-cli.js';

const NOON = Date.UTC(2026, 10, 22, 12);

const SECRETS = [
  /anna/i,
  /rosa/i,
  /emma/i,
  /attic|shed|bedrom|annex|nursery/i,
  /villa/i,
  /\.invalid/,
  /bridge_user|geheim/,
  /192\.168/,
  /0x65|0xab/i,
  /555|4711/,
  // the folder of the house
  /heyu2mqtt-test-/,
  new RegExp(`\\b${hostname()}\\b`),
];

/** Names are what somebody would call them; 192.168.77.3 is the address of an alarm system. */
const ALIASES = `aliases:
  annas_room: { address: A3, model: MS14A, zone: rosa, name: Anna's "nursery", area: Annex }
  attic.door: { address: C2, model: DS10A, zone: rosa }
  shed: { address: A9, model: MS14A, zone: bedrom }
`;

const CONFIG = `mqtt: { url: "mqtt://villa-broker.invalid:1883", username: bridge_user, password: geheim, base_topic: villa }
zones:
  rosa: { name: Casa Rosa, state_topic: alarm/emma/state }
  bedrom: { name: Bedrom }
web: { listen: off, url: "http://192.168.77.3:8710/" }
`;

const X10CONFIG = `TTY /dev/ttyS0
ALIAS annas_room A3 MS14A
ALIAS attic.door C2 DS10A 0x65
ALIAS aunt_emma A5 MS14A
SCRIPT anna_on on :: /home/anna/alert.sh 4711
`;

const LINES = [
  ...pair('rcvi', 'A3', 'On', 'annas_room'),
  ...pair('rcvi', 'A5', 'On', 'aunt_emma'),
  'rcva func        Alert : hu C2   (attic.door)',
  'rcva func       RFdata : Type Sec ID 0xAB Data 0x0C',
  'Phone of Anna 555 4711',
  'rcvi func       Wobble : hu A3 (annas_room)',
];

let ran: (...args: readonly string[]) => Promise<Ran>;
let remove: () => Promise<void>;
let logPath: string;
let rename: (alias: string) => void;

beforeAll(() => {
  const bridge = makeHouse({ config: CONFIG, aliases: ALIASES, files: { x10config: X10CONFIG } });
  remove = bridge.remove;
  rename = (alias) => bridge.write('aliases.yaml', ALIASES.replace('shed', alias));
  const zone = { kind: 'zone', zone: 'rosa', state: 'armed_away', verified: true } as const;
  const entries = [
    { ...zone, at: NOON - 60_000, source: 'code', by: 'Emma' },
    {
      kind: 'verdict',
      at: NOON,
      zone: 'rosa',
      alias: 'annas_room',
      signalAt: NOON,
      verdict: 'alert',
      reason: 'zone armed_away, as Emma wanted',
    },
    {
      kind: 'problem',
      at: NOON,
      what: 'mqtt',
      isOver: false,
      words: 'connect ECONNREFUSED 192.168.77.3:1883 for /home/anna/heyu2mqtt/x',
    },
  ] as const;
  mkdirSync(bridge.statePath);
  bridge.write('state/journal.ndjson', entries.map(journalLine).join(''));
  bridge.write('heyu.log.ttyS0', LINES.map((line) => `${stampAt(NOON)}  ${line}\n`).join(''));
  logPath = bridge.logPath;
  ran = (...args) => runCli(...args, '--config', bridge.configPath, '--anonymous');
});

afterAll(() => remove());

const everything = ({ out, err }: Ran): string => out + err;

describe('--anonymous', () => {
  it.each([
    ['check', ['check']],
    ['check --json', ['check', '--json']],
    ['why of a sensor', ['why', 'annas_room', '2026-11-22', '12:00']],
    ['why of a zone', ['why', 'rosa', '2026-11-22', '--json']],
    ['report', ['report']],
    ['report as a page', ['report', '--html', '-']],
    ['explain', ['explain', 'LOG']],
    ['explain --json', ['explain', 'LOG', '--json', '--year', '2026']],
  ] as const)('leaves nothing of a house in %s', async (_, args) => {
    const told = everything(await ran(...args.map((arg) => (arg === 'LOG' ? logPath : arg))));
    expect(told.length).toBeGreaterThan(100);
    for (const secret of SECRETS) expect(told).not.toMatch(secret);
  });

  it('leaves nothing in check of a configuration with errors', async () => {
    rename('annas shed!');
    const told = everything(await ran('check', '--json'));
    rename('shed');
    for (const secret of SECRETS) expect(told).not.toMatch(secret);
    expect(told).toContain('name');
  });

  it('keeps what decides: addresses, models, times, lines, and who is who', async () => {
    const explained = (await ran('explain', logPath, '--year', '2026')).out;
    expect(explained).toMatch(/11-22 12:00:00 {2}rcvi {2}A3 sensor1: on/);
    expect(explained).toMatch(/Sec 0x01: .*\(Data 0x0C\)/);
    expect(explained).toContain('name1/sensor1/motion  ON');
    const why = (await ran('why', 'annas_room', '2026-11-22 12:00')).out;
    expect(why).toContain('(rcvi A3 on)');
    expect(why).toMatch(/zone zone1: armed away since 11:59:00 by the code of \w+\d/);
    expect(why).toContain('therefore: an alert');
  });
});
