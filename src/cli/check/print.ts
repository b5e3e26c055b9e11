/** The findings as a page for people, or as JSON. */

import type { Terminal, Style } from '../terminal.js';
import type { Finding, Verdict } from './finding.js';

const STYLES: Readonly<Record<Verdict, Style>> = { ok: 'green', warning: 'yellow', fault: 'red' };

const AREA_WIDTH = 'home assistant'.length;
const VERDICT_WIDTH = 'warning'.length;
const INDENT = ' '.repeat(AREA_WIDTH + VERDICT_WIDTH + 4);

/** Prints them; an area is named at its first line only. */
export function printFindings(terminal: Terminal, findings: readonly Finding[]): void {
  let before = '';
  for (const { area, verdict, text, hint } of findings) {
    const first = (area === before ? '' : area).padEnd(AREA_WIDTH);
    before = area;
    const [line = '', ...more] = text.split('\n');
    terminal.print(`${first}  ${terminal.style(STYLES[verdict], verdict.padEnd(VERDICT_WIDTH))}  ${line}`);
    for (const other of more) terminal.print(INDENT + other);
    if (hint !== undefined) terminal.print(INDENT + terminal.style('dim', hint));
  }
  terminal.print();
  terminal.print(summaryOf(findings));
}

function summaryOf(findings: readonly Finding[]): string {
  const parts = (['fault', 'warning'] as const).flatMap((verdict) => {
    const count = findings.filter((finding) => finding.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}${count === 1 ? '' : 's'}`];
  });
  return parts.length === 0 ? 'all is well' : parts.join(', ');
}
