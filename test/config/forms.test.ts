import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ALIAS_KEYS, CONFIG_KEYS, ZONE_KEYS } from '../../src/config/keys-and-defaults.js';
import { writeDuration } from '../../src/common/duration.js';
import {
  brokerUrl,
  choice,
  cron,
  degrees,
  duration,
  foreignTopic,
  type Form,
  givenAs,
  idPart,
  jsonPointer,
  list,
  MASK,
  maskUrl,
  path,
  type Plain,
  slug,
  text,
  timeZone,
  yesOrNo,
} from '../../src/config/forms.js';
import { fc, runs } from '../support/property.js';

const valueOf = <T>(form: Form<T>, given: string | readonly string[]): T | undefined => {
  const reading = form.read(given);
  return reading.ok ? reading.value : undefined;
};

describe('degrees', () => {
  test.each([
    ['52.52', 52.52],
    ['-33', -33],
    ['+90', 90],
    ['90.1', undefined],
    ['52,52', undefined],
    ["52° 31'", undefined],
    ['', undefined],
    ['1e1', undefined],
  ])('%j', (given, value) => expect(valueOf(degrees(90), given)).toBe(value));
});

describe('durations', () => {
  const any = duration(0, 365 * 86_400_000);

  test.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    [' 5 m ', 300_000],
    ['1.5s', 1_500],
    ['5M', 300_000],
    ['0', 0],
    ['0s', 0],
  ])('%j is %i ms', (written, ms) => {
    expect(valueOf(any, written)).toBe(ms);
  });

  test.each(['', ' ', '5', '-5s', '5 parsecs', 's', '5s!', '1e3s', '5min', '.5s', 'Infinity', 'NaN', '１s'])(
    '%j is none',
    (written) => {
      expect(valueOf(any, written)).toBeUndefined();
    },
  );

  test('the ends of the range belong to it', () => {
    const form = duration(1_000, 86_400_000);
    expect(['999ms', '1s', '24h', '24h1ms', '0'].map((written) => valueOf(form, written))).toEqual([
      undefined,
      1_000,
      86_400_000,
      undefined,
      undefined,
    ]);
    expect(valueOf(duration(1_000, 86_400_000, 'zero_allowed'), '0')).toBe(0);
  });

  test.each([
    [0, '0'],
    [500, '500ms'],
    [1_000, '1s'],
    [90_000, '90s'],
    [60_000, '1m'],
    [300_000, '5m'],
    [86_400_000, '24h'],
    [172_800_000, '2d'],
    [90_001, '90001ms'],
  ])('%i ms is written %s', (ms, written) => {
    expect(writeDuration(ms)).toBe(written);
  });

  test('what is written is read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 365 * 86_400_000 }), (ms) => {
        expect(valueOf(any, writeDuration(ms))).toBe(ms);
      }),
    );
  });
});

describe('booleans', () => {
  test.each([
    ['true', true],
    ['Yes', true],
    ['ON', true],
    ['false', false],
    ['no', false],
    ['off', false],
    ['1', undefined],
    ['0', undefined],
    ['', undefined],
    ['maybe', undefined],
    ['truee', undefined],
  ])('%j is %j', (written, value) => {
    expect(valueOf(yesOrNo, written)).toBe(value);
  });
});

describe('broker urls', () => {
  test.each([
    'mqtt://localhost',
    'mqtt://localhost:1883',
    'mqtts://joe:secret@broker.example:8883',
    'ws://broker/mqtt?token=x',
    'wss://[::1]:9001/mqtt',
    'tcp://192.168.1.2',
  ])('%s is one', (url) => {
    expect(valueOf(brokerUrl, url)).toBe(url);
  });

  test.each([
    '',
    'localhost',
    'localhost:1883',
    '//localhost',
    'http://a',
    'mqtt://',
    'mqtt://:1883',
    'mqtt://a b',
    'mqtt://a:99999',
    'mqtt://a:0',
    'mqtt://a?b=c',
    'mqtt://joe:a#b@host',
  ])('%j is none', (url) => {
    expect(valueOf(brokerUrl, url)).toBeUndefined();
  });

  test.each([
    ['mqtt://localhost:1883', 'mqtt://localhost:1883'],
    ['mqtt://joe@localhost', 'mqtt://joe@localhost'],
    ['mqtt://joe:geheim@localhost', `mqtt://joe:${MASK}@localhost`],
    ['mqtt://:geheim@localhost', `mqtt://:${MASK}@localhost`],
    ['ws://h/p@q', 'ws://h/p@q'],
    ['ws://h/p?token=geheim', `ws://h/p?${MASK}`],
    ['ws://joe:geheim@h/p?token=geheim', `ws://joe:${MASK}@h/p?${MASK}`],
    ['mqtt://joe:ge/heim@h:x', `mqtt://joe:${MASK}@h:x`],
    ['joe:geheim@host', `joe:${MASK}@host`],
    ['mqtt://joe:ge@heim@', `mqtt://joe:${MASK}@`],
  ])('%s is shown as %s', (url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });

  test('a refusal never tells the password, whatever is wrong with the url', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('mqtt://', 'http://', '', 'mqtt:', '://'),
        fc.string(),
        fc.constantFrom('h', '', 'h:x', 'h:0', 'h?x', ' h', 'h#'),
        (scheme, salt, host) => {
          const reading = brokerUrl.read(`${scheme}joe:${salt}geheim@${host}`);
          expect(JSON.stringify(reading.ok ? '' : reading)).not.toContain('geheim');
        },
      ),
    );
  });
});

describe('other forms', () => {
  test.each([
    ['time zone', timeZone, ['Europe/Berlin', 'UTC', 'CET'], ['', '+02:00', 'Berlin', 'Europe/Nowhere']],
    [
      'schedule',
      cron,
      ['off', '30 3 * * *', '*/5 * * * *', '@daily', '0 0 * * sun'],
      ['', 'daily', '61 * * * *', '* * *'],
    ],
    ['JSON pointer', jsonPointer, ['', '/state', '/a~1b/0', '/'], ['state', '/a~b', '#/a']],
    ['id', idPart, ['a3', 'C-1_x', '0'], ['', '_a', 'a b', 'ä', 'a/b', 'x'.repeat(65)]],
    [
      'topic of others',
      foreignTopic,
      ['alarmo/state', '/a//b', '$SYS/x', 'ä'],
      ['', ' ', 'a/+', '#', 'a\u0000b'],
    ],
    ['path', path, ['/a', 'a b', './x'], ['', ' ', '~/x', 'a\nb']],
    ['text', text('word', 5), ['a', 'äöüß€', '5 a b'], ['', '  ', 'a\tb', '123456', '\u2028']],
    ['word', choice(['on', '5']), ['on', ' 5 '], ['', 'On', 'o']],
  ] as const)('%s', (_, form: Form<unknown>, right, wrong) => {
    expect(right.filter((written) => !form.read(written).ok)).toEqual([]);
    expect(wrong.filter((written) => form.read(written).ok)).toEqual([]);
  });

  test('a list may be one text with commas, and an item of a real list keeps its comma', () => {
    const words = list(text('word'));
    expect(valueOf(words, 'a, b,')).toEqual(['a', 'b']);
    expect(valueOf(words, ['a, b', 'c'])).toEqual(['a, b', 'c']);
    expect(valueOf(words, '')).toEqual([]);
    expect(valueOf(words, ['a', ''])).toBeUndefined();
    expect(valueOf(list(text('word'), 1), ' , ')).toBeUndefined();
  });

  test.each([
    ['x10', 'x10'],
    ['x10/Cellar', 'x10_cellar'],
    ['//', undefined],
    ['küche', 'k_che'],
  ])('the slug of %j is %j', (topic, id) => {
    expect(slug(topic)).toBe(id);
  });
});

const ALL = Object.entries({
  ...CONFIG_KEYS,
  ...Object.fromEntries(Object.entries(ZONE_KEYS).map(([name, key]) => [`zone ${name}`, key])),
  ...Object.fromEntries(Object.entries(ALIAS_KEYS).map(([name, key]) => [`alias ${name}`, key])),
});

describe('every key', () => {
  test.each(ALL)('%s: example and default are right and survive writing', (_, key) => {
    const form: Form<unknown> = key.form;
    const example = /^\[.*\]$/.test(key.example) ? key.example.slice(1, -1) : key.example;
    const readBack = (written: Plain): unknown =>
      typeof written === 'object' && written !== null && !Array.isArray(written)
        ? form.readSection?.(new Map(Object.entries(written).map(([name, value]) => [name, givenAs(value)])))
        : form.read(givenAs(written));
    const reading = example.startsWith('{')
      ? (readBack(parse(example) as Plain) as ReturnType<typeof form.read>)
      : form.read(example);
    expect(reading).toMatchObject({ ok: true });
    if (reading.ok) expect(readBack(form.write(reading.value))).toEqual(reading);
    if (key.default !== undefined) {
      expect(form.read(givenAs(form.write(key.default)))).toEqual({ ok: true, value: key.default });
    }
  });

  test('no form throws, and what it reads is read the same after writing', () => {
    const forms = ALL.map(([, key]): Form<unknown> => key.form);
    fc.assert(
      fc.property(
        fc.constantFrom(...forms),
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.array(fc.string(), { maxLength: 4 })),
        (form, given) => {
          const reading = form.read(given);
          if (reading.ok) expect(form.read(givenAs(form.write(reading.value)))).toEqual(reading);
          else expect(reading.problem).not.toBe('');
        },
      ),
      { numRuns: runs(600) },
    );
  });
});
