/**
 * A report as one HTML file without a script: it opens in a mail, prints, and asks nothing of any server. Pictures are
 * inline SVG; colours follow the reader's choice of light and dark.
 */

import { type Bar, type Document, hoursOf, type Part } from './document.js';
import type { Week } from './local-time.js';

/** Nothing of it may be loaded or run but its own style. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE = `
:root{color-scheme:light dark;--text:#1b1f24;--soft:#5a636e;--back:#fff;--line:#d8dde3;--bar:#9aa7b4;--mark:#1f6feb;--warn:#9a5b00}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ed;--soft:#9aa4af;--back:#14171b;--line:#333a42;--bar:#5b6773;--mark:#5aa0ff;--warn:#e0a44a}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;border-top:1px solid var(--line);padding-top:1rem;margin:1.5rem 0 .5rem}
summary{font-weight:600;cursor:pointer;padding:.4rem 0}details{border-top:1px solid var(--line);margin-top:.5rem}
.soft,dt,th,figcaption{color:var(--soft)}ul{padding-left:1.2rem}li b{color:var(--warn)}code{font-size:.9em}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.1rem 1rem;margin:.5rem 0}dd{margin:0}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:.1rem 1rem .1rem 0;font-weight:400;white-space:nowrap}
.n{text-align:right}figure{margin:.75rem 0}svg{display:block;max-width:100%;height:auto;font:11px system-ui,sans-serif;fill:var(--soft)}
.b{stroke:var(--bar);stroke-width:12}.m,.h{stroke:var(--mark)}.h{stroke-width:16}@media print{body{max-width:none}details,dl,figure,tr,li{break-inside:avoid}h2{break-after:avoid}}
`;

/** Writes it. */
export function reportPage({ title, about, sections }: Document): string {
  const body = sections.map(({ title: name, parts, folds }) => {
    const content = [...parts.map(partHtml)].join('\n').replaceAll('</ul>\n<ul>\n', '');
    return folds
      ? `<details open><summary>${escaped(name)}</summary>\n${content}\n</details>`
      : `<h2>${escaped(name)}</h2>\n${content}`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p class="soft">${escaped(about)}</p>
${body.join('\n')}
</body>
</html>
`;
}

function partHtml(part: Part): string {
  switch (part.kind) {
    case 'words':
      return `<p>${escaped(part.words)}</p>`;
    case 'advice': {
      const hint = part.hint === null ? '' : `<br><span class="soft">${escaped(part.hint)}</span>`;
      return `<ul>\n<li><b>${escaped(part.about)}</b>: ${escaped(part.problem)}${hint}</li>\n</ul>`;
    }
    case 'facts':
      return `<dl>\n${part.rows.map(([name, words]) => `<dt>${escaped(name)}</dt><dd>${escaped(words)}</dd>`).join('\n')}\n</dl>`;
    case 'table':
      return tableHtml(part);
    case 'bars':
      return figure(part.title, barsSvg(part.title, part.bars));
    case 'week':
      return figure(part.title, weekSvg(part.title, part.week));
  }
}

function tableHtml({ titles, rows, right }: Extract<Part, { kind: 'table' }>): string {
  const cell = (tag: 'th' | 'td', text: string, index: number): string => {
    const className = right.includes(titles[index] ?? '') ? ' class="n"' : '';
    return `<${tag}${className}>${escaped(text)}</${tag}>`;
  };
  const line = (tag: 'th' | 'td', cells: readonly string[]): string =>
    `<tr>${cells.map((text, index) => cell(tag, text, index)).join('')}</tr>`;
  return `<div class="wide"><table>\n${[line('th', titles), ...rows.map((row) => line('td', row))].join('\n')}\n</table></div>`;
}

const figure = (title: string, picture: string): string =>
  `<figure><figcaption>${escaped(title)}</figcaption>\n${picture}\n</figure>`;

const svg = (title: string, width: number, height: number, content: readonly string[]): string =>
  `<svg role="img" aria-label="${escaped(title)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n${content.join('\n')}\n</svg>`;

const text = (x: number, y: number, words: string): string =>
  `<text x="${x}" y="${y}">${escaped(words)}</text>`;

/** Labels that end where they stand. */
const labels = (words: readonly string[]): string => `<g text-anchor="end">${words.join('')}</g>`;

/** Lines of one colour in one path, because a year of many sensors has thousands of them. */
const lines = (className: string, moves: readonly string[], opacity = 1): readonly string[] =>
  moves.length === 0
    ? []
    : [`<path class="${className}"${opacity === 1 ? '' : ` opacity="${opacity}"`} d="${moves.join('')}"/>`];

/** Pixels. */
const BAR_WIDTH = 400;
const BAR_STEP = 15;
const LABELS = 70;

function barsSvg(title: string, bars: readonly Bar[]): string {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const rows = bars.map(({ label, value, mark = false }, index) => {
    const width = value === 0 ? 0 : Math.max(1, Math.round((value / most) * BAR_WIDTH));
    return { label, value, mark, width, y: index * BAR_STEP + 10 };
  });
  const filled = rows.filter(({ width }) => width > 0);
  const moves = (marked: boolean): readonly string[] =>
    filled.filter(({ mark }) => mark === marked).map(({ y, width }) => `M${LABELS} ${y - 4}h${width}`);
  return svg(title, LABELS + BAR_WIDTH + 60, bars.length * BAR_STEP, [
    labels(rows.map(({ label, y }) => text(LABELS - 6, y, label))),
    ...lines('b m', moves(true)),
    ...lines('b', moves(false)),
    filled.map(({ value, y, width }) => text(LABELS + width + 4, y, `${value}`)).join(''),
  ]);
}

const CELL = 18;
const LEFT = 34;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** So many degrees of darkness. */
const DEGREES = 5;

/** A row for each day and one for all, a cell for each hour: the darker, the more. */
function weekSvg(title: string, week: Week): string {
  const most = Math.max(1, ...week.flat());
  const all = hoursOf(week);
  const rows = [
    ...week.map((hours, day) => ({ label: DAYS[day] ?? '', hours, full: most })),
    { label: 'all', hours: all, full: Math.max(1, ...all) },
  ];
  const moves: string[][] = Array.from({ length: DEGREES }, () => []);
  rows.forEach(({ hours, full }, row) =>
    hours.forEach((count, hour) => {
      const degree = Math.ceil((count / full) * DEGREES) - 1;
      moves[degree]?.push(`M${LEFT + hour * CELL} ${(row + 1) * CELL + 8}h${CELL - 2}`);
    }),
  );
  const hours = [0, 6, 12, 18].map((hour) => text(LEFT + hour * CELL, CELL - 6, `${hour} h`));
  return svg(title, LEFT + 24 * CELL, (rows.length + 1) * CELL, [
    hours.join(''),
    labels(rows.map(({ label }, row) => text(LEFT - 6, (row + 2) * CELL - 6, label))),
    ...moves.flatMap((each, degree) => lines('h', each, (degree + 1) / DEGREES)),
  ]);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of others as text: control characters are none of HTML. */
function escaped(words: string): string {
  return words
    .replace(/[^\P{C}\n]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
