import { describe, expect, it } from 'vitest';
import { readX10Config } from '../../src/heyu/x10config.js';
import { adviseHeyu } from '../../src/heyu/x10config-advice.js';

const GOOD = 'LOG_DIR /var/log/heyu\nSTART_ENGINE AUTO\n';

describe('advice on the configuration of heyu', () => {
  it.each([
    ['none for one that is right', `${GOOD}ALIAS hall A3 MS14A RFFORWARD`, []],
    ['a log', 'START_ENGINE AUTO', ['error: heyu writes no log: its configuration has no LOG_DIR']],
    [
      'a log that is none',
      'LOG_DIR NONE\nSTART_ENGINE AUTO',
      ['error: heyu writes no log: line 1 says LOG_DIR NONE'],
    ],
    [
      'a whole path',
      'START_ENGINE AUTO\nLOG_DIR heyu COMMON',
      [
        'warning: line 2 says LOG_DIR heyu COMMON: where that is depends on the directory in which heyu is started',
      ],
    ],
    [
      'a sender in one alias only',
      `${GOOD}TTY_AUX /dev/ttyS1 W800RF32\nALIAS s C1 MS10A 41\nALIAS t C2 MS10A 41`,
      ['error: heyu refuses line 5: The same ID appears in ALIASes: (s t)'],
    ],
    [
      'an engine',
      'LOG_DIR /var/log/heyu',
      ['warning: heyu writes its log only after someone has run heyu engine (START_ENGINE MANUAL)'],
    ],
    [
      'repeated motion',
      `${GOOD}TTY_AUX /dev/ttyS1 W800RF32\nHIDE_UNCHANGED YES\nALIAS s C1 MS10A 41`,
      ['warning: heyu does not log repeated motion (HIDE_UNCHANGED YES)'],
    ],
    ['nothing hidden of MS14A', `${GOOD}HIDE_UNCHANGED YES\nALIAS hall A3 MS14A RFFORWARD`, []],
    [
      'a receiver for security sensors',
      `${GOOD}ALIAS s C1 MS10A 41`,
      ['warning: there are security sensors, but no radio receiver (TTY_AUX)'],
    ],
    ['no receiver for what is ignored', `${GOOD}ALIAS s C1 SEC_IGNORE 41`, []],
    [
      'an RF option',
      `${GOOD}ALIAS hall A3 MS14A`,
      ['warning: hall: RF option TRANSCEIVE, RFFORWARD, or RFIGNORE required'],
    ],
    [
      'a line that heyu refuses',
      `${GOOD}NONSENSE`,
      ["error: heyu refuses line 3: Invalid Directive 'NONSENSE'"],
    ],
    [
      'a LOG_DIR that heyu cuts off',
      `LOG_DIR /${'d'.repeat(50)}\nSTART_ENGINE AUTO`,
      ['error: LOG_DIR is longer than 48 characters: heyu cuts it off there and finds no such directory'],
    ],
  ])('%s', (_, text, said) => {
    expect(adviseHeyu(readX10Config(text)).map(({ level, problem }) => `${level}: ${problem}`)).toEqual(said);
  });

  it('says that LOG_DIR does not exist, where it is asked', () => {
    const config = readX10Config(GOOD);
    expect(adviseHeyu(config, (directory) => directory === '/var/log/heyu')).toEqual([]);
    expect(adviseHeyu(config, () => false)).toMatchObject([
      {
        level: 'error',
        problem:
          'heyu refuses its configuration: line 1 says LOG_DIR /var/log/heyu, and there is no such directory',
      },
    ]);
    expect(adviseHeyu(readX10Config('START_ENGINE AUTO\nLOG_DIR NONE'), () => false)).toHaveLength(1);
  });
});
