/** Who wrote a line: one of two engines, or an engine that still had a file open which has lost its name. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memoryOf } from '../../src/bridge/core.js';
import { hearLine } from '../../src/bridge/hear.js';
import type { LogLine } from '../../src/ports.js';
import { listeningBridge } from '../support/listening-bridge.js';
import { written } from '../support/replayed.js';
import { coreSettings, sensorSettings } from '../support/settings.js';

const hall = sensorSettings('A3', 'MS14A', { topic: 'hall' });
const porch = sensorSettings('A5', 'MS14A', { topic: 'porch' });
const HOUSE = [hall, porch];

function motions(...lines: readonly string[]): readonly string[] {
  const { explain, published } = written(HOUSE);
  lines.forEach(explain);
  return published().filter((said) => said.includes('/motion '));
}

describe('a log of two engines', () => {
  test('as heyu has written it', () => {
    const log = readFileSync(`${import.meta.dirname}/../fixtures/cases/common_two_engines/heyu.log`, 'utf8');
    expect(motions(...log.trimEnd().split('\n'))).toEqual([
      'porch/motion ON',
      'porch/motion OFF',
      'hall/motion ON',
      'porch/motion ON',
      'hall/motion OFF',
      'porch/motion OFF', // its hold time is over
    ]);
  });

  const at = '11/25 18:55:';
  const address = (second: string, engine: string, unit: number): string =>
    `${at}${second} ${engine} rcvi addr unit       ${unit} : hu A${unit}  (_no_alias_)`;
  const on = (second: string, engine: string): string =>
    `${at}${second} ${engine} rcvi func           On : hc A`;

  test.each([
    ['a digit is another engine than none', [address('01', '1', 3), on('01', '')], []],
    ['and none than a digit', [address('01', '', 3), on('01', '1')], []],
    [
      'the first engine starts, the second goes on',
      [address('01', '2', 3), `${at}01 1 Engine started`, on('01', '2')],
      ['hall'],
    ],
    [
      'the second starts, the first goes on',
      [address('01', '', 3), `${at}01 2 Engine started`, on('01', '')],
      ['hall'],
    ],
    [
      'an engine starts: what it addressed is forgotten',
      [address('01', '2', 3), `${at}01 2 Engine started`, on('01', '2')],
      [],
    ],
    [
      'a Preset of another ends nothing',
      [
        address('01', '1', 3),
        `${at}01 2 rcvi func       Preset : level 12`,
        address('01', '1', 5),
        on('01', '1'),
      ],
      ['hall', 'porch'],
    ],
    [
      'a digit in a text is no engine',
      [address('01', '', 3), `${at}01  2 Engine started`, on('01', '')],
      ['hall'],
    ],
  ] as const)('%s', (_, lines, expected) => {
    const begun = motions(...lines).filter((said) => said.endsWith('ON'));
    expect(begun).toEqual(expected.map((topic) => `${topic}/motion ON`));
  });

  test('addresses glued to each other by a full disk belong to their engines', () => {
    expect(motions(`${at}01 1 rcvi addr u${address('01', '2', 5)}`, on('02', '1'), on('02', '2'))[0]).toBe(
      'porch/motion ON',
    );
  });
});

describe('lines of a file that has lost its name long ago', () => {
  const BEGIN = Date.UTC(2026, 10, 25, 12);
  const settings = coreSettings({ sensors: HOUSE });
  const addresses = new Map(HOUSE.map(({ alias, address }) => [alias, address]));

  /** `A3` and `On` written to the files `new`, `old` or `older`; `crash` = the bridge continues from its memory. */
  function begun(script: string): string[] {
    const heard: string[] = [];
    const takes = {
      channel: (alias: string, channel: string, value: string): void => {
        if (channel === 'motion' && value === 'ON') heard.push(addresses.get(alias) ?? '');
      },
    };
    let bridge = listeningBridge(settings, undefined, BEGIN, takes);
    script.split(' ').forEach((word, offset) => {
      if (word === 'crash') {
        const memory = JSON.parse(JSON.stringify(memoryOf(bridge.core))) as ReturnType<typeof memoryOf>;
        bridge = listeningBridge(settings, memory, BEGIN, takes);
        return;
      }
      const [generation = '', said = ''] = word.split('/');
      const text = said.startsWith('A')
        ? `rcvi addr unit       ${said[1]} : hu ${said}  (_no_alias_)`
        : `rcvi func ${said.padStart(12)} : hc A`;
      const file: LogLine['file'] = generation === 'new' ? 'current' : 'old';
      hearLine(
        bridge,
        {
          text: `11/25 12:00:00  ${text}`,
          generation,
          offset,
          file,
          notBefore: BEGIN,
          readAt: BEGIN,
        },
        { at: BEGIN, mono: BEGIN },
      );
    });
    return heard;
  }

  test.each([
    ['mean each other', 'old/A3 old/On', ['A3']],
    ['take nothing from those of the new file', 'new/A5 old/A3 new/On old/On', ['A5', 'A3']],
    ['nor give it anything', 'old/A3 new/On', []],
    ['nor have a function for its addresses', 'new/A5 old/On new/On', ['A5']],
    ['nor for those of another old file', 'older/A3 old/On old/A5 older/On old/On', ['A3', 'A5']],
    ['also when the bridge starts again in between', 'old/A3 new/A5 crash old/On new/On', ['A3', 'A5']],
  ])('%s', (_, script, expected) => {
    expect(begun(script)).toEqual(expected);
  });
});
