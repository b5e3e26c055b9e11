import { describe, expect, it } from 'vitest';
import { readCommand, readState, type Dialect } from '../../src/security/vocabulary.js';
import { bytes } from './bench.js';
import { fc } from '../support/property.js';

const PLAIN: Dialect = { pointer: undefined, armedValues: [], disarmedValues: [] };

/** What a reading says in short: a state, `keep`, `none` or `?`. */
function said(payload: string | Uint8Array, dialect: Partial<Dialect> = {}): string {
  const reading = readState(typeof payload === 'string' ? bytes(payload) : payload, { ...PLAIN, ...dialect });
  if (reading.kind === 'state') return reading.state;
  return reading.kind === 'not_understood' ? '?' : reading.kind;
}

const WORDS: readonly (readonly [string, string])[] = [
  ['armed_away', 'armed_away'],
  ['armed_home', 'armed_home'],
  ['armed_night', 'armed_night'],
  ['armed_vacation', 'armed_vacation'],
  ['armed_custom_bypass', 'armed_custom_bypass'],
  ['arm_away', 'armed_away'],
  ['arm_home', 'armed_home'],
  ['arm_night', 'armed_night'],
  ['arm_vacation', 'armed_vacation'],
  ['arm_custom_bypass', 'armed_custom_bypass'],
  ['away', 'armed_away'],
  ['home', 'armed_home'],
  ['stay', 'armed_home'],
  ['night', 'armed_night'],
  ['vacation', 'armed_vacation'],
  ['custom', 'armed_custom_bypass'],
  ['armed', 'armed_away'],
  ['arm', 'armed_away'],
  ['on', 'armed_away'],
  ['true', 'armed_away'],
  ['1', 'armed_away'],
  ['yes', 'armed_away'],
  ['enable', 'armed_away'],
  ['enabled', 'armed_away'],
  ['active', 'armed_away'],
  ['arm_all_zones', 'armed_away'],
  ['arm_day_zones', 'armed_home'],
  ['arm_night_zones', 'armed_night'],
  ['disarmed', 'disarmed'],
  ['disarm', 'disarmed'],
  ['off', 'disarmed'],
  ['false', 'disarmed'],
  ['0', 'disarmed'],
  ['no', 'disarmed'],
  ['disable', 'disarmed'],
  ['disabled', 'disarmed'],
  ['inactive', 'disarmed'],
  ['triggered', 'triggered'],
  ['trigger', 'triggered'],
  ['alarm', 'triggered'],
  ['in_alarm', 'triggered'],
  ['arming', 'arming'],
  ['exit_delay', 'arming'],
  ['pending', 'keep'],
  ['entry_delay', 'keep'],
  ['disarming', 'keep'],
  ['unknown', 'none'],
  ['unavailable', 'none'],
  ['none', 'none'],
  ['null', 'none'],
  ['sleep', '?'],
  ['partially_armed', '?'],
  ['armed_instant', '?'],
  ['scharf', '?'],
  ['armed_x', '?'],
  ['armed_away2', '?'],
  ['constructor', '?'],
  ['__proto__', '?'],
  ['2', '?'],
];

describe('the words on a state topic', () => {
  it.each(WORDS)('reads %s as %s, in any case, with quotes, spaces and dashes', (word, expected) => {
    const forms = [
      word,
      word.toUpperCase(),
      `"${word}"`,
      ` ${word}\r\n`,
      `\t"${word}" `,
      word.replaceAll('_', '-'),
      word.replaceAll('_', ' '),
      `{"state": "${word}"}`,
    ];
    expect(forms.map((form) => said(form))).toEqual(forms.map(() => expected));
  });

  const OBJECTS: readonly (readonly [string, string])[] = [
    ['true', 'armed_away'],
    ['{"state":"armed_home"}', 'armed_home'],
    ['{"value":1}', 'armed_away'],
    ['{"value":0}', 'disarmed'],
    ['{"armed":true}', 'armed_away'],
    ['{"armed":true,"mode":"night"}', 'armed_night'],
    ['{"armed":false,"mode":"away"}', 'disarmed'],
    ['{"mode":"home"}', 'armed_home'],
    ['{"alarm_state":"Armed Away"}', 'armed_away'],
    ['{"command":"DISARM"}', 'disarmed'],
    ['{"cmd":"arm_night"}', 'armed_night'],
    ['{"action":"arm_vacation"}', 'armed_vacation'],
    ['{"payload":"off"}', 'disarmed'],
    ['{"state":"armed","mode":"vacation"}', 'armed_vacation'],
    ['{"mode":"away","state":"disarmed"}', 'disarmed'],
    ['{"state":null}', 'none'],
    ['{"state":""}', 'none'],
    ['{"state":"pending"}', 'keep'],
    [' {"state":"on"} ', 'armed_away'],
    ['{}', '?'],
    ['{"temperature":21}', '?'],
    ['{"state":{"deep":"on"}}', '?'],
    ['{"state":["on"]}', '?'],
    ['["on"]', '?'],
    ['[]', '?'],
    ['{"state":"on"', '?'],
    ['{"state":"on"}{"state":"off"}', '?'],
    ['{"__proto__":{"state":"on"}}', '?'],
    ['1.0', '?'],
    ['-1', '?'],
    ['"', '?'],
    ['""', 'none'],
    ['   ', 'none'],
    ['', 'none'],
  ];
  it.each(OBJECTS)('reads %s as %s', (payload, expected) => expect(said(payload)).toBe(expected));

  it('takes a deleted retained copy for no information, with its own word', () => {
    expect(readState(bytes(''))).toEqual({ kind: 'none', word: 'cleared' });
  });

  it('reads neither broken UTF-8 nor endless payloads, and shows a person what came', () => {
    expect(readState(Uint8Array.of(0x6f, 0x6e, 0xff))).toEqual({ kind: 'not_understood', word: 'on\uFFFD' });
    expect(said(`"${' '.repeat(70_000)}on"`)).toBe('?');
    expect(said('[{"a":'.repeat(10_000))).toBe('?');
    const reading = readState(bytes(`{"x":"${'y\u0007'.repeat(500)}"}`));
    expect(reading.kind === 'not_understood' && reading.word.length <= 123).toBe(true);
    expect(JSON.stringify(reading)).not.toContain(String.fromCharCode(7));
  });

  it("lets the user's own words go first", () => {
    const own = {
      armedValues: ['Scharf', 'off', 'home'],
      disarmedValues: ['unscharf', 'no-one in', 'active'],
    };
    expect(['scharf', 'SCHARF', '"scharf"', 'off', 'home'].map((word) => said(word, own))).toEqual([
      'armed_away',
      'armed_away',
      'armed_away',
      'armed_away',
      'armed_home',
    ]);
    expect(['Unscharf', 'NO ONE IN', 'active', '0'].map((word) => said(word, own))).toEqual([
      'disarmed',
      'disarmed',
      'disarmed',
      'disarmed',
    ]);
    expect(said('{"armed":"scharf","mode":"night"}', own)).toBe('armed_night');
  });

  const POINTERS: readonly (readonly [string, string, string])[] = [
    ['/alarm/partition/0', '{"alarm":{"partition":["armed_home"]}}', 'armed_home'],
    ['/a~1b/m~0n', '{"a/b":{"m~n":"off"}}', 'disarmed'],
    ['', '"on"', 'armed_away'],
    ['', '{"state":"on"}', 'armed_away'],
    ['/alarm', '{"alarm":{"armed":true,"mode":"home"}}', 'armed_home'],
    ['/alarm', '{"state":"on"}', '?'],
    ['/alarm', 'on', '?'],
    ['/alarm', '{"alarm":null}', 'none'],
    ['/alarm/length', '{"alarm":"on"}', '?'],
    ['/__proto__', '{}', '?'],
    ['/1', '["on"]', '?'],
    ['/', '{"":"on"}', 'armed_away'],
  ];
  it.each(POINTERS)('follows the JSON pointer %j into %s: %s', (pointer, payload, expected) => {
    expect(said(payload, { pointer })).toBe(expected);
  });

  it('never throws, whatever the bytes and the words', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.option(fc.string(), { nil: undefined }),
        fc.array(fc.string(), { maxLength: 3 }),
        (payload, pointer, words) => {
          const dialect = { pointer, armedValues: words, disarmedValues: words };
          readState(payload, dialect);
          readCommand(payload, dialect);
        },
      ),
    );
  });

  it('reads every JSON value without throwing', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, '', '/state', '/0/a'), (json, pointer) => {
        const { kind } = readState(bytes(json), { ...PLAIN, pointer });
        expect(['state', 'keep', 'none', 'not_understood']).toContain(kind);
      }),
    );
  });
});

describe('the words on a command topic', () => {
  const COMMANDS: readonly (readonly [string, string])[] = [
    ['ON', 'arm away'],
    ['OFF', 'disarm'],
    ['ARM_AWAY', 'arm away'],
    ['ARM_HOME', 'arm home'],
    ['ARM_NIGHT', 'arm night'],
    ['ARM_VACATION', 'arm vacation'],
    ['ARM_CUSTOM_BYPASS', 'arm custom_bypass'],
    ['DISARM', 'disarm'],
    ['TRIGGER', 'trigger'],
    ['arm away', 'arm away'],
    ['{"command":"ARM_HOME","code":"1234"}', 'arm home'],
    ['{"action":"DISARM"}', 'disarm'],
    ['{"state":"ON"}', 'arm away'],
    ['{"cmd":"arm","mode":"night"}', 'arm night'],
    ['{"state":"armed_away","command":"disarm"}', 'disarm'],
    ['PENDING', '?'],
    ['arming', '?'],
    ['TOGGLE', '?'],
    ['', '?'],
    ['{"code":"1234"}', '?'],
    ['\u0000', '?'],
  ];
  it.each(COMMANDS)('reads %j as %s', (payload, expected) => {
    const command = readCommand(bytes(payload));
    const short = command?.kind === 'arm' ? `arm ${command.mode}` : (command?.kind ?? '?');
    expect(short).toBe(expected);
  });
});
