/** What `check` finds: one line each, with what to do about it. */

import { EXIT, type Style, type Terminal } from './terminal.js';

/** The areas of the page, in their order. */
export const AREAS = [
  'configuration',
  'aliases',
  'log',
  'heyu',
  'broker',
  'home assistant',
  'service',
] as const;

/** What a finding is about. */
export type Area = (typeof AREAS)[number];

/** `warning`: something will be missed, or is doubtful; `fault`: it does not work. */
export type Verdict = 'ok' | 'warning' | 'fault';

/** One line of the page. */
export type Finding = {
  readonly area: Area;
  readonly verdict: Verdict;
  /** In lower case, without a full stop. */
  readonly text: string;
  /** What to do. */
  readonly hint?: string;
};

/** Makes the findings of one area. */
export type Tell = (verdict: Verdict, text: string, hint?: string) => void;

/** Collects the findings of one area, in their order. */
export function tellIn(area: Area, findings: Finding[]): Tell {
  return (verdict, text, hint) => {
    findings.push({ area, verdict, text, ...(hint === undefined ? {} : { hint }) });
  };
}

/** 0 when all is well, 1 with warnings, 2 with faults. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const has = (verdict: Verdict): boolean => findings.some((finding) => finding.verdict === verdict);
  return has('fault') ? EXIT.faults : has('warning') ? EXIT.failed : EXIT.ok;
}

/** In the order of the areas. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return AREAS.flatMap((area) => findings.filter((finding) => finding.area === area));
}

// --- The findings as a page for people, or as JSON.

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
