/**
 * What is fuzzed: everything that reads bytes of others. A target takes one input and returns; it must not throw, whatever
 * the input is. `examples` are what is changed, and `words` what is put into it.
 */

import { loadConfiguration } from '../../src/config/load.js';
import { BRIDGE_COMMAND } from '../../src/mqtt/topics.js';
import { readX10Config } from '../../src/heyu/x10config.js';
import { adviseHeyu } from '../../src/heyu/x10config-advice.js';
import { JournalReader, zoneScenes } from '../../src/history/journal.js';
import { Replay } from '../../src/history/replay.js';
import { parseJson } from '../../src/common/json.js';
import { fedService, settings, type Fed } from './fed.js';
import { acknowledgedIds, linesOfBytes, stateFile } from './files.js';

/** One reader of bytes. */
export type Target = {
  readonly name: string;
  readonly examples: readonly string[];
  readonly words: readonly string[];
  /** It takes so little time that thousands a second are fed. */
  readonly isQuick: boolean;
  /** Takes one input. Throws what must not happen. */
  readonly take: (input: Uint8Array) => void | Promise<void>;
  /** A measure of what it has kept so far, in bytes; what has no memory has none. */
  readonly kept?: () => number;
};

const textOf = (input: Uint8Array): string => new TextDecoder().decode(input);

const CONFIG = `heyu: { log: /var/log/heyu.log, x10config: /etc/heyu/x10.conf, timezone: UTC }
mqtt: { url: "mqtt://localhost", base_topic: x10, keepalive: 15s }
zones:
  ground: { panel: switch, entry_delay: 30s, exit_delay: { away: 60s }, on_alarm: { switch_on: [siren], for: 4m } }
  attic: { state_topic: others/attic, armed_values: [scharf], members: [] }
`;
const ALIASES = `aliases:
  # the hall
  hall: { address: A1, model: MS16A, hold: 1m, dusk: A2, zone: ground, name: "Hall" }
  door: { address: B1, model: DS10A, type: door, modes: [away] }
  siren: { address: P1, model: SH10A }
`;
const X10CONFIG = `TTY /dev/ttyUSB0\nLOG_DIR /var/log/heyu\nALIAS hall A1 MS14A\nALIAS door B1 DS10A 0x52\nSCENE all on A1; dim B2 5\nSTART_ENGINE AUTO\n`;

const config = (
  name: string,
  which: 'config.yaml' | 'aliases.yaml' | 'x10.conf',
  example: string,
): Target => ({
  name,
  isQuick: false,
  examples: [example],
  words: [
    '\n',
    '  ',
    ': ',
    '{ ',
    ' }',
    '[',
    ']',
    '- ',
    '#',
    '"',
    "'",
    '&a ',
    '*a',
    '!!',
    '|',
    '>',
    'null',
    '-1',
    '1e999',
    'aliases:',
    'zones:',
    'mqtt:',
    'heyu:',
    '\u0000',
    '\ufeff',
  ],
  take: (input) => {
    const kept = new Map([
      ['/etc/heyu2mqtt/config.yaml', CONFIG],
      ['/etc/heyu2mqtt/aliases.yaml', ALIASES],
      ['/etc/heyu/x10.conf', X10CONFIG],
    ]);
    kept.set(which === 'x10.conf' ? `/etc/heyu/${which}` : `/etc/heyu2mqtt/${which}`, textOf(input));
    loadConfiguration({ configFile: '/etc/heyu2mqtt/config.yaml', env: {}, version: '0.0.0', kept });
  },
});

const LINES = [
  '11/22 12:00:01  rcvi addr unit       1 : hu A1  (hall)',
  '11/22 12:00:01  rcvi func     On : hc A',
  '11/22 12:00:02  rcva func  Alert : hu B1  swMin LoBat  (door)',
  '11/22 12:00:03  rcva func       RFdata : Type Sec ID 0x22 Data 0x0C',
  '11/22 12:00:04  Engine started',
  '2026/11/22 12:00:05  System is Armed Home',
];

const JOURNAL = [
  '{"kind":"start","at":"2026-11-22T11:59:00.000Z","version":"0.1.0"}',
  '{"kind":"settings","at":"2026-11-22T11:59:00.000Z","settings":{"hall":{"address":"A1","zone":"own","modes":["away"],"entry":"delayed","hold":60}}}',
  '{"kind":"zone","at":"2026-11-22T12:00:00.000Z","zone":"own","state":"armed_away","mode":"away","source":"code","by":"anna","verified":true}',
  '{"kind":"zone","at":"2026-11-22T12:00:01.000Z","zone":"others","state":"unknown","source":"none","verified":false,"reason":"no connection","was":"armed_home"}',
  '{"kind":"verdict","at":"2026-11-22T12:00:02.000Z","zone":"own","alias":"hall","signalAt":"2026-11-22T12:00:02.000Z","verdict":"alert","reason":"zone armed_away"}',
  '{"kind":"problem","at":"2026-11-22T12:00:03.000Z","what":"disk","isOver":false,"words":"the disk is full"}',
  '{"kind":"stop","at":"2026-11-22T12:00:04.000Z","version":"0.1.0"}',
].join('\n');

/** What is read of it decides how the log is understood that is read again beside it. */
function readAgain(journal: string): void {
  const window = { from: Date.UTC(2026, 10, 22), until: Infinity };
  const reader = new JournalReader(window.from, window.until);
  for (const line of journal.split('\n')) reader.line(line);
  const replay = new Replay(settings, {
    ...window,
    year: 2026,
    zones: zoneScenes(reader.journal),
    signals: true,
  });
  for (const line of LINES) replay.line(line);
  replay.end();
}

/** Of which there is one bridge, which hears it all. */
const heard = (name: string, fed: Fed, more: Pick<Target, 'examples' | 'words' | 'take'>): Target => ({
  name,
  isQuick: true,
  ...more,
  kept: fed.kept,
});

/** A message as bytes: which topic it is for, and the payload. A capital letter stands for a retained copy. */
const TOPIC_LETTERS = { first: 97, retained: 32 };

/** For a topic that stands in the input itself, before a line feed, instead of one that is listened to. */
const FREE_TOPIC = 'z';
/** Not a message: the connection is lost and made again, with a session or without one, or time passes. */
const EVENTS: Readonly<Record<number, (fed: Fed) => void>> = {
  1: (fed) => fed.reconnect(true),
  2: (fed) => fed.reconnect(false),
  3: (fed) => fed.pass(10_000),
};

/** Gives a message to the service. What it does not listen to must change nothing. */
async function takeMessage(fed: Fed, topics: readonly string[], input: Uint8Array): Promise<void> {
  const [first = 0] = input;
  const letter = first | TOPIC_LETTERS.retained;
  const [retain, payload] = [letter !== first, input.subarray(1)];
  fed.pass(20);
  const event = EVENTS[first];
  if (event !== undefined) event(fed);
  else if (letter === FREE_TOPIC.charCodeAt(0)) {
    const end = payload.indexOf(10);
    const topic = textOf(end < 0 ? payload : payload.subarray(0, end));
    // what waits is done with the first, whatever it is
    fed.receive('nobody', payload, retain);
    const before = fed.seen();
    fed.receive(topic, payload.subarray(end + 1), retain);
    if (!topics.includes(topic) && fed.seen() !== before)
      throw new Error(`${JSON.stringify(topic)} is not listened to, and changes ${before} to ${fed.seen()}`);
  } else fed.receive(topics[(letter - TOPIC_LETTERS.first + 256) % topics.length] ?? '', payload, retain);
  await fed.settle();
}

const PAYLOADS: Readonly<Record<string, readonly string[]>> = {
  'alarmo/state': ['armed_away', 'disarmed', 'triggered', '{"state":"armed_away"}'],
  'homeassistant/status': ['online'],
  'x10/bridge/set': [BRIDGE_COMMAND],
  'x10/s_c1/set': ['ON', '50'],
  'x10/s_c3/set': ['OFF'],
  'x10/zone/coded/set': ['ARM_AWAY', '{"command":"DISARM","code":"1234"}'],
  'x10/zone/coded/state': ['armed_home'],
  'x10/zone/others/set': ['DISARM'],
  'x10/zone/own/set': ['ARM_AWAY', 'DISARM', '{"action":"ARM_NIGHT"}'],
  'x10/zone/own/state': ['pending'],
};

/** One for each topic, and some for topics of others. */
function messages(topics: readonly string[]): readonly string[] {
  const unknown = topics.filter((topic) => PAYLOADS[topic] === undefined);
  if (unknown.length > 0) throw new Error(`no payload for ${unknown.join(', ')}: it belongs into PAYLOADS`);
  const own = topics.flatMap((topic, index) => {
    const letter = String.fromCharCode(TOPIC_LETTERS.first + index);
    return PAYLOADS[topic]?.map((payload) => letter + payload) ?? [];
  });
  const others = ['x10/zone/own/set\nDISARM', 'x10/zone/nobody/set\nDISARM', 'x10/s_a1/set\nON'];
  return [...own, ...others.map((text) => FREE_TOPIC + text), '\u0001', '\u0002', '\u0003'];
}

/** Begins with what was stored, hears some lines and captures what it knows then. */
async function live(stored: Uint8Array): Promise<void> {
  // what is not JSON is set aside by the store
  const fed = await fedService(parseJson(textOf(stored)));
  for (const line of LINES) fed.line(line);
  fed.pass(10_000);
  await fed.settle();
}

/** All of them. */
export async function targets(): Promise<readonly Target[]> {
  const log = await fedService();
  const payloads = await fedService();
  const topics = payloads.topics();
  const remembered = await fedService();
  for (const line of LINES) remembered.line(line);
  remembered.pass(10_000);
  remembered.pass(10_000);
  await remembered.settle();
  return [
    heard('a line of the log', log, {
      examples: LINES,
      words: [
        'rcvi',
        'rcva',
        'snda',
        'sndc',
        ' addr unit ',
        ' func ',
        'On',
        'Off',
        'Alert',
        'Clear',
        'Dim',
        'Preset',
        ' : hu ',
        ' : hc ',
        'A1',
        'P16',
        '0x',
        '11/22 ',
        '02/29 ',
        '12:00:00',
        '\0',
        '\t',
        '(',
      ],
      take: (input) => {
        log.line(textOf(input).replaceAll('\n', ' '));
        return log.settle();
      },
    }),
    heard('a payload on each topic', payloads, {
      examples: messages(topics),
      words: [
        '{',
        '}',
        '"',
        ':',
        ',',
        'null',
        'true',
        '1e999',
        'armed_',
        'disarmed',
        'pending',
        'triggered',
        'OFF',
        'ARM_',
        'TRIGGER',
        '\0',
        '[',
        ']',
      ],
      take: (input) => takeMessage(payloads, topics, input),
    }),
    config('config.yaml', 'config.yaml', CONFIG),
    config('aliases.yaml', 'aliases.yaml', ALIASES),
    config('x10config with the configuration', 'x10.conf', X10CONFIG),
    {
      name: 'x10config alone',
      isQuick: true,
      examples: [X10CONFIG],
      words: ['ALIAS ', 'SCENE ', 'LOG_DIR', '\n', '\\\n', '#', '$', ';', 'A1', 'p16', '0x', '%', '"'],
      take: (input) => void adviseHeyu(readX10Config(textOf(input))),
    },
    {
      name: 'the checkpoint',
      isQuick: false,
      examples: [remembered.checkpoint()],
      words: [
        '{',
        '}',
        '[',
        ']',
        '"',
        'null',
        'true',
        '-1',
        '1e999',
        '{"__proto__":1}',
        '"at":',
        '"zones":',
        '"settled":',
        ',',
      ],
      take: live,
    },
    {
      name: 'the journal',
      isQuick: false,
      examples: [JOURNAL],
      words: [
        '{',
        '}',
        '"',
        '\n',
        'null',
        '1e999',
        '"zone"',
        '"problem"',
        '"settings"',
        'armed_home',
        'disarmed',
        'pending',
        '+275760-09-13',
        '{"__proto__":1}',
      ],
      take: (input) => readAgain(textOf(input)),
    },
    stateFile,
    acknowledgedIds,
    linesOfBytes,
  ];
}
