/**
 * `npm run picture`: records what `heyu2mqtt demo` prints on a terminal, from the arming of the zone to the first
 * alert, and writes it as a picture for the README. Needs `script` (util-linux). Its lines appear one after the other.
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const OUT = 'docs/images/demo.svg';
const COLUMNS = 100;
const FROM = 'you    someone arms';
const [CHARACTER, LINE, MARGIN] = [8.4, 20, 16];
const SECONDS_PER_LINE = 0.25;
const STYLES = { 1: 'bold', 2: 'dim', 32: 'green', 33: 'yellow', 36: 'cyan' };

const { stdout, status } = spawnSync(
  'script',
  ['-qec', `stty cols ${COLUMNS} rows 50; node dist/main.js demo --once --port 0`, '/dev/null'],
  { encoding: 'utf8', env: { ...process.env, TERM: 'xterm-256color' } },
);
const printed = stdout.split(/\r?\n/);
const from = printed.findIndex((line) => line.includes(FROM));
const alert = printed.findIndex((line, index) => index > from && line.includes('zone ground: alert'));
const end = printed.indexOf('', alert);
if (status !== 0 || from < 0 || alert < 0 || end < 0) throw new Error(`the demo has ended early:\n${stdout}`);
const lines = ['$ npm start', '\u001B[2m...\u001B[22m', ...printed.slice(from, end)];

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A line with SGR codes as spans. */
const spansOf = (line) =>
  line
    .split('\u001B[')
    .map((part, index) => {
      const [, code, text] = index === 0 ? [part, '', part] : (/^(\d+)m(.*)$/.exec(part) ?? [part, '', '']);
      const style = STYLES[code];
      return style === undefined ? escaped(text) : `<tspan class="${style}">${escaped(text)}</tspan>`;
    })
    .join('');

const texts = lines.map((line, index) => {
  const delay = (index * SECONDS_PER_LINE).toFixed(2);
  const y = MARGIN + (index + 1) * LINE - 5;
  return `<text x="${MARGIN}" y="${y}" style="animation-delay:${delay}s">${spansOf(line)}</text>`;
});
const [width, height] = [COLUMNS * CHARACTER + 2 * MARGIN, lines.length * LINE + 2 * MARGIN];

writeFileSync(
  OUT,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" xml:space="preserve">
<title>heyu2mqtt demo: a zone is armed, a sensor sees motion, an alert is published</title>
<style>
text { font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d8dee9; white-space: pre; animation: show 0.1s both }
.bold { font-weight: bold } .dim { fill: #7b8494 } .green { fill: #a3be8c } .yellow { fill: #ebcb8b } .cyan { fill: #88c0d0 }
@keyframes show { from { opacity: 0 } }
@media (prefers-reduced-motion: reduce) { text { animation: none } }
</style>
<rect width="100%" height="100%" rx="8" fill="#242933"/>
${texts.join('\n')}
</svg>
`,
);
