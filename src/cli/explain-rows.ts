/** Rows of `explain`: one JSON object per line for scripts, a table for people. */

import type { ExplainRow } from '../bridge/explain.js';
import { findingWords } from '../bridge/finding-words.js';
import { printable } from '../common/text.js';
import { isoAt, type TimeZone } from '../heyu/time-zone.js';
import type { Terminal } from './terminal.js';

/** One row as JSON. `file` only where there are several; `line` is null where the time that had passed is the cause. */
export function jsonRow(
  { file, line, at, finding }: ExplainRow,
  zone: TimeZone,
  severalFiles: boolean,
): string {
  const { kind, ...rest } = finding;
  return JSON.stringify({
    file: severalFiles ? file : undefined,
    line: line ?? null,
    at: at === undefined ? null : isoAt(at, zone),
    kind,
    ...rest,
    changedAt: undefined,
    signalAt: undefined,
  });
}

/** Prints rows as a table: line number and time once per line of the log. */
export function tablePrinter(
  { style }: Pick<Terminal, 'style'>,
  zone: TimeZone,
  print: (line: string) => void,
): (row: ExplainRow) => void {
  let last: readonly [string, number | undefined, number | undefined] = ['', 0, undefined];
  // lines of one second have one text
  let time = ' '.repeat(14);
  return ({ file, line, at, finding }) => {
    let left = ' '.repeat(22);
    // rows without a line are told apart by their time
    if (file !== last[0] || line !== last[1] || (line === undefined && at !== last[2])) {
      if (at !== last[2])
        time = at === undefined ? ' '.repeat(14) : isoAt(at, zone).slice(5, 19).replace('T', ' ');
      left = `${String(line ?? '').padStart(6)}  ${time}`;
      last = [file, line, at];
    }
    const [lead, text, how] = findingWords(finding);
    const shown = printable(`${lead.padEnd(5)} ${text}`);
    print(`${left}  ${how === undefined ? shown : style(how, shown)}`);
  };
}
