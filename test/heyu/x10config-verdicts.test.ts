import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readX10Config } from '../../src/heyu/x10config.js';

const VERDICTS = readFileSync(new URL('../fixtures/x10config-verdicts.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^[+-] /.test(line))
  .map((line) => ({ taken: line.startsWith('+'), text: line.slice(2).replaceAll('\\n', '\n') }));

const problems = (text: string) => readX10Config(text).problems.map(({ problem }) => problem);

describe('what heyu takes and what it refuses', () => {
  it('is known of hundreds of lines', () => {
    expect(VERDICTS.filter(({ taken }) => taken).length).toBeGreaterThan(300);
    expect(VERDICTS.filter(({ taken }) => !taken).length).toBeGreaterThan(300);
  });

  it('is taken and refused here', () => {
    expect(VERDICTS.filter(({ taken, text }) => (problems(text).length === 0) !== taken)).toEqual([]);
  });

  it.each([
    ['ALIAS x C1 MS10A 41\nALIAS y C2 MS10A 41', 'The same ID appears in ALIASes: (x y)'],
    ['ALIAS d C2 DS90 63 64', 'DS90 security IDs are incompatible'],
    ['ALIAS k C4 SSVDATA 92 REVERSE', 'Unsupported module option REVERSE'],
    ['ALIAS u C12 GURU', 'At least one entertainment ID is needed.'],
    ['ALIAS x A3 VISGEN', 'Module ID is needed.'],
    ['ALIAS x A3 DIGIMAX', 'This module requires an ID parameter'],
    ['ALIAS x A3 RFXSENSOR 0x20', 'This module requires more parameters.'],
    ['ALIAS x A3 RFXPOWER', 'This module requires one ID parameter.'],
    ['ALIAS x A3 ORE_TH1', 'Unknown parameters'],
    ['ALIAS x A3 KAKU_S 0x123456 1 2', 'Parameter syntax: <ID> <Key|Grp> [<ID> <Key|Grp> [...]]'],
    ['SCRIPT A3 on', "Invalid SCRIPT format - no '::' separator"],
    ['TTY A 5', "Unsupported interface type '5'"],
    ['SCENE s1 foo A1', "Scene 's1': Invalid command 'foo'"],
    ['SCENE s on A1\nSCENE s off A1', "Scene label 's' previously defined as a Scene on line 1"],
    ['USERSYN on off $1', "Usersyn label 'on' conflicts with heyu command"],
    ['TTY_AUX /dev/x RFXCOM 1234', "Invalid RFXCOM receiver type '1234'"],
    ['ENGINE_POLL 99', 'ENGINE_POLL must be 100 though 1000000'],
    ['DEFAULT_MODULE foo', "Module type 'foo' is unknown."],
    ['LATITUDE S89:30', 'LATITUDE outside range -89 to +89 degrees'],
    ['RF_BURSTS fon 6', 'RF_BURSTS exceeds 5'],
  ])("%j is refused in heyu's words: %s", (text, said) => {
    expect(problems(text)).toEqual([said]);
  });

  it('names the line of an ID that is there already', () => {
    const config = readX10Config('# house\nALIAS x C1 MS10A 41\nTTY /dev/ttyS0\nALIAS y C2 KR10A 0x141');
    expect(config.problems).toMatchObject([{ line: 4 }]);
  });
});
