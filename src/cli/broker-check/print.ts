/** What `broker-check` found, as a page for people. */

import type { Fitness, Verdict } from '../../fitness/fitness.js';
import type { Need, Result, Row } from '../../fitness/row.js';
import { type Style, table, type Terminal } from '../terminal.js';

/** What is said around the rows. */
export type About = {
  readonly broker: string | null;
  readonly urls: readonly string[];
  readonly protocols: readonly string[];
  readonly need: Need;
  readonly seconds: number;
};

const STYLES: Readonly<Record<Result, Style>> = {
  ok: 'green',
  note: 'cyan',
  setting: 'yellow',
  fault: 'red',
  unknown: 'dim',
};
const RESULT_WIDTH = 'setting'.length;

const VERDICTS: Readonly<Record<Verdict, readonly [Style, string]>> = {
  fit: ['green', 'fit'],
  'fit-with-settings': ['yellow', 'fit with these settings'],
  'not-fit': ['red', 'not fit'],
};

/** Prints it. */
export function printFitness(terminal: Terminal, fitness: Fitness, about: About): void {
  const { broker, urls, protocols, need, seconds } = about;
  const { print } = terminal;
  print(
    `${urls.join(', ')}: ${[broker ?? 'a broker that does not say its name', ...protocols.map((each) => `MQTT ${each}`)].join(', ')}`,
  );
  print(`tried in ${seconds} s for mqtt.session: ${need.session}, mqtt.protocol: ${need.protocol}`);
  printFiveTests(
    terminal,
    fitness.rows.filter(({ test }) => test !== undefined),
  );
  print();
  printRows(
    terminal,
    fitness.rows.filter(({ test }) => test === undefined),
  );
  print();
  printVerdict(terminal, fitness);
}

/** As the table of the five tests is known. */
function printFiveTests({ print, style }: Terminal, rows: readonly Row[]): void {
  if (rows.length === 0) return;
  const columns = [
    'MQTT',
    'test',
    'clean session',
    'publish',
    'subscribe',
    'retained',
    'expected',
    '',
    'actual',
  ];
  const cells = rows.flatMap(({ test, expected, actual, result }) =>
    test === undefined
      ? []
      : [
          [
            test.protocol,
            String(test.number),
            String(test.cleanSession),
            `QoS ${test.publishQos}`,
            `QoS ${test.subscribeQos}`,
            test.retained ? 'yes' : 'no',
            expected,
            style(STYLES[result], result),
            actual,
          ],
        ],
  );
  print();
  print(
    'M1 is published while the subscriber is away: what is it given when it is back, and when it subscribes again?',
  );
  print();
  for (const line of table(
    columns.map((title) => ({ title })),
    cells,
  ))
    print(line);
}

function printRows({ print, style }: Terminal, rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ area }) => area.length), 0);
  const indent = ' '.repeat(width + RESULT_WIDTH + 4);
  let before = '';
  for (const { area, trial, expected, actual, result } of rows) {
    const first = (area === before ? '' : area).padEnd(width);
    before = area;
    print(`${first}  ${style(STYLES[result], result.padEnd(RESULT_WIDTH))}  ${trial}`);
    if (result === 'ok') print(`${indent}${style('dim', actual)}`);
    else {
      print(`${indent}${style('dim', `expected: ${expected}`)}`);
      print(`${indent}actual:   ${actual}`);
    }
  }
}

function printVerdict({ print, style }: Terminal, { verdict, reasons, settings, rows }: Fitness): void {
  const [colour, words] = VERDICTS[verdict];
  const untold = rows.filter(({ result }) => result === 'unknown');
  const isBare = reasons.length === 0 && settings.length === 0;
  const end = isBare ? (untold.length === 0 ? ' for the bridge' : ', as far as could be told') : ':';
  print(`${style(colour, words)}${end}`);
  for (const setting of settings) print(`  ${style('bold', setting)}`);
  for (const reason of reasons) print(`  because ${reason}`);
  if (untold.length === 0) return;
  print('what could not be told:');
  for (const { trial, actual } of untold) print(`  ${trial}: ${actual}`);
}
