/** What a terminal shows after a program has written to it: enough of ECMA-48 for what this program writes. */

/** A screen of so many columns, and as many lines as were written. */
export type Screen = {
  readonly lines: readonly string[];
  /** Lines that ran over the right edge, so that the terminal has broken them. */
  readonly broken: readonly string[];
  /** Everything as one line of words, without the lines that the questions are drawn with. */
  readonly words: string;
};

/** Shows `output` on a terminal of so many columns. */
export function screenOf(output: string, columns: number): Screen {
  const rows: (string[] | undefined)[] = [[]];
  const broken = new Set<number>();
  let [row, column] = [0, 0];
  const cells = (): string[] => (rows[row] ??= []);
  const erase = (how: number): void => {
    if (how === 2) rows[row] = [];
    else if (how === 0) cells().splice(column);
    else cells().fill(' ', 0, column + 1);
  };
  const steer = (count: number, code: string): void => {
    const steps = Math.max(1, count);
    if (code === 'A' || code === 'F') row = Math.max(0, row - steps);
    if (code === 'B' || code === 'E') row += steps;
    if (code === 'C') column += steps;
    if (code === 'D') column = Math.max(0, column - steps);
    if (code === 'E' || code === 'F') column = 0;
    if (code === 'G') column = steps - 1;
    if (code === 'K') erase(count);
    if (code === 'J') {
      erase(0);
      rows.splice(row + 1);
    }
  };
  const put = (character: string): void => {
    if (column >= columns) {
      broken.add(row);
      [row, column] = [row + 1, 0];
    }
    while (cells().length < column) cells().push(' ');
    cells()[column] = character;
    column += 1;
  };
  // eslint-disable-next-line no-control-regex -- terminals are steered by control characters
  for (const [token, count, code] of output.matchAll(/\u001b\[([?\d;]*)([A-Za-z])|\u001b.|[^]/gu)) {
    if (code !== undefined) steer(Number.parseInt(count ?? '', 10) || 0, code);
    else if (token === '\r') column = 0;
    else if (token === '\n') row += 1;
    else if (token === '\b') column = Math.max(0, column - 1);
    else if (token >= ' ') put(token);
  }
  const lines = Array.from(rows, (each) => (each ?? []).join('').trimEnd());
  const words = lines.join(' ').replaceAll(/[│◆◇└■▲●○]/g, ' ');
  return {
    lines,
    broken: [...broken].map((each) => lines[each] ?? ''),
    words: words.replaceAll(/\s+/g, ' '),
  };
}
