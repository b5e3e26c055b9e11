/** Rows of `explain`: one JSON object per line for scripts, a table for people. */

import type { ExplainRow } from '../bridge/explain.js';
import type { Finding } from '../bridge/core.js';
import { printable } from '../common/text.js';
import { isoAt, type TimeZone } from '../heyu/time-zone.js';
import type { Style, Terminal } from './terminal.js';

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

const named = (address: string, alias: string | null): string =>
  alias === null ? address : `${address} ${alias}`;

/** What a finding says in words: a lead, a text and how it is shown. */
export function findingWords(finding: Finding): readonly [lead: string, text: string, how?: Style] {
  const who = 'address' in finding ? named(finding.address, finding.alias) : '';
  switch (finding.kind) {
    case 'address':
      return [finding.source, `${who} is addressed`, 'dim'];
    case 'unit': {
      const note = finding.note === undefined ? '' : ` (${finding.note})`;
      return [finding.source, `${who}: ${finding.function}${note}`, 'bold'];
    }
    case 'house':
      return [finding.source, `house ${finding.house}: ${finding.function} ${finding.args}`.trimEnd()];
    case 'preset':
      return [finding.source, `preset level ${finding.level}`];
    case 'extended':
    case 'reading':
      return [finding.source, `${who}: ${finding.function} ${finding.args}`.trimEnd()];
    case 'security':
      return [finding.source, `${who}: ${[finding.function, ...finding.flags].join(' ')}`, 'bold'];
    case 'inactive':
      return [finding.source, `${who}: not heard for long`];
    case 'unmapped':
      return ['rcva', `${finding.type} ${finding.id}: heyu maps no such id (${finding.args})`];
    case 'orphan': {
      const { source, house } = finding;
      return [
        source,
        `house ${house}: ${finding.function}, but nothing is addressed (orphan function)`,
        'yellow',
      ];
    }
    case 'message':
      return ['heyu', finding.text, 'dim'];
    case 'noise':
      return ['noise', finding.text, 'dim'];
    case 'unrecognised':
      return ['?', `${finding.text}  (${finding.reason})`, 'yellow'];
    case 'change':
      return ['  ->', `${finding.alias}: ${finding.channel} ${finding.value}  (${finding.reason})`, 'cyan'];
    case 'kept':
      return ['  --', `${finding.alias === null ? '' : `${finding.alias}: `}${finding.reason}`, 'dim'];
    case 'judged': {
      const { zone, alias, verdict, reason } = finding;
      return [
        '  ->',
        `${zone === null ? `${alias}, without a zone` : `zone ${zone}`}: ${verdict}  (${reason})`,
        'cyan',
      ];
    }
    case 'publish':
      return ['  =>', `${finding.topic}  ${finding.payload}${finding.retain ? '' : '  (event)'}`, 'green'];
  }
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
