// The rows of the benchmarks, and how people read them.

/** A table that rows are added to. A goal is the greatest ratio that reaches it. */
export function table() {
  const rows = [];
  return {
    add: (what, value, unit, against, other, goal = null) => {
      const ratio = value / other;
      rows.push({
        what,
        value,
        unit,
        against,
        other,
        ratio,
        goal,
        reached: goal === null ? null : ratio <= goal,
      });
    },
    all: () => rows,
  };
}

const short = (value) => (value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3))));

/** Prints the rows in columns. */
export function printTable(rows) {
  const lines = [
    ['what', 'value', 'against', '', 'ratio', 'goal', ''],
    ...rows.map(({ what, value, unit, against, other, ratio, goal, reached }) => [
      what,
      `${short(value)} ${unit}`.trim(),
      against,
      `${short(other)} ${unit}`.trim(),
      short(ratio),
      goal === null ? '' : `<= ${short(goal)}`,
      reached === null ? '' : reached ? 'reached' : 'MISSED',
    ]),
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  }
}
