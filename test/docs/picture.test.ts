import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { MAIN } from '../support/house.js';
import { textOf } from './documents.js';

/** Without what differs at each run: stamps, ids, and JSON that was cut. */
const withoutChange = (line: string): string =>
  line.replace(/\d\d\/\d\d \d\d:\d\d:\d\d|\d{4}-\d\d-.*|\{".*/g, '');

test('the picture of the README shows what the demo prints', () => {
  const shown = [...textOf('docs/images/demo.svg').matchAll(/<text [^>]*>(.*)<\/text>/g)]
    .map(([, line = '']) => line.replace(/<[^>]*>/g, '').replaceAll('&gt;', '>'))
    .slice(2)
    .map(withoutChange);
  const { stdout } = spawnSync(process.execPath, [MAIN, 'demo', '--fast', '--once', '--port', '0'], {
    encoding: 'utf8',
  });
  const printed = new Set(stdout.split('\n').map(withoutChange));
  expect(shown.length).toBeGreaterThan(15);
  expect(shown.filter((line) => !printed.has(line))).toEqual([]);
});
