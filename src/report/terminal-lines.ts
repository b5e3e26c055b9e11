/** A report as lines for a terminal of any width, in blocks where it can show them. */

import { printable } from '../common/text.js';
import { type Bar, type Document, hoursOf, type Part } from './document.js';
import type { Week } from './local-time.js';

/** What can be shown. */
export type Look = {
  readonly columns: number;
  /** False: ASCII alone. */
  readonly hasBlocks: boolean;
  readonly style: (style: 'bold' | 'dim' | 'yellow' | 'green' | 'cyan', text: string) => string;
  /** Rows in aligned columns; `right`: titles of columns of numbers. */
  readonly table: (
    titles: readonly string[],
    rows: readonly (readonly string[])[],
    right: readonly string[],
  ) => string[];
};

/** A line, and the blanks before what of it continues in the next one. */
export type Line = { readonly text: string; readonly indent?: number };

/** Writes it. */
export function terminalLines({ title, about, sections }: Document, look: Look): readonly Line[] {
  return [
    { text: look.style('bold', title) },
    { text: about },
    ...sections.flatMap((each): Line[] => [
      { text: '' },
      { text: look.style('bold', printable(each.title)) },
      ...each.parts.flatMap((part) => linesOf(part, look)),
    ]),
  ];
}

/** Longer names stand before their words. */
const MOST_LABEL = 28;

function linesOf(part: Part, look: Look): readonly Line[] {
  const { style } = look;
  switch (part.kind) {
    case 'words':
      return [{ text: `  ${printable(part.words)}`, indent: 2 }];
    case 'advice':
      return [
        { text: `  ${style('yellow', `! ${printable(part.about)}`)}: ${printable(part.problem)}`, indent: 4 },
        ...(part.hint === null ? [] : [{ text: `    ${style('dim', printable(part.hint))}`, indent: 4 }]),
      ];
    case 'facts': {
      const width = Math.min(MOST_LABEL, Math.max(...part.rows.map(([name]) => name.length)));
      return part.rows.map(([name, words]) => ({
        text: `  ${style('dim', name.padEnd(width))}  ${printable(words)}`,
        indent: width + 4,
      }));
    }
    case 'table':
      return look
        .table(
          part.titles,
          part.rows.map((row) => row.map(printable)),
          part.right,
        )
        .map((text, index) => ({
          text: `  ${index === 0 ? style('dim', text) : text}`,
        }));
    case 'bars':
      return [{ text: `  ${style('dim', part.title)}` }, ...barLines(part.bars, look)];
    case 'week':
      return weekLines(part.title, part.week, look);
  }
}

const MOST_BAR = 40;

function barLines(bars: readonly Bar[], { columns, hasBlocks, style }: Look): readonly Line[] {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const labels = Math.max(...bars.map(({ label }) => label.length));
  const numbers = `${most}`.length;
  const width = Math.max(4, Math.min(MOST_BAR, columns - labels - numbers - 8));
  return bars.map(({ label, value, mark = false }) => {
    const bar = barOf((value / most) * width, hasBlocks);
    const shown = mark ? style('cyan', bar) : bar;
    return { text: `    ${label.padStart(labels)}  ${`${value}`.padStart(numbers)}  ${shown}`.trimEnd() };
  });
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function barOf(length: number, hasBlocks: boolean): string {
  if (!hasBlocks) return '#'.repeat(length > 0 ? Math.max(1, Math.round(length)) : 0);
  const eighths = length > 0 ? Math.max(1, Math.round(length * 8)) : 0;
  return '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '');
}

const HEIGHTS = { blocks: ' ▁▂▃▄▅▆▇█', ascii: ' .:-=+*#@' } as const;

/** One character for each hour. */
function sparkline(values: readonly number[], hasBlocks: boolean): string {
  const heights = hasBlocks ? HEIGHTS.blocks : HEIGHTS.ascii;
  const most = Math.max(1, ...values);
  return values.map((value) => heights[Math.ceil((value / most) * 8)] ?? ' ').join('');
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function weekLines(title: string, week: Week, { hasBlocks, style }: Look): readonly Line[] {
  const hours = [
    ['all', hoursOf(week)] as const,
    ...DAYS.map((day, index) => [day, week[index] ?? []] as const),
  ];
  return [
    { text: `  ${style('dim', title)}` },
    { text: `         ${style('dim', '0     6     12    18    24')}` },
    ...hours.map(([day, values]) => ({
      text: `    ${day}  ${hasBlocks ? '▕' : '|'}${sparkline(values, hasBlocks)}${hasBlocks ? '▏' : '|'}`,
    })),
  ];
}
