/** The drawing of the timeline: one path per sensor however many motions it has, and where on it something is. */

import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit-html';
import type { Lane, Run, Span, Timeline } from '../src/web/protocol.js';
import { DAY, HOUR, MINUTE, type HouseTime } from './time.js';
import { words } from './view.js';

/** A run of a lane. */
export type Place = { readonly alias: string; readonly run: Run };

/** What is drawn. */
export type Plot = {
  readonly timeline: Timeline;
  readonly time: HouseTime;
  /** CSS pixels. */
  readonly width: number;
  readonly cursor: Place | undefined;
};

/** From this width on names stand beside the lanes, else above. */
const WIDE = 620;
const NAMES_WIDTH = 150;
const AXIS = 22;
const ZONE = 26;
const BAR = 14;
const HIT = 8;

/** A row of the drawing: a zone with its states, or a sensor. */
type Row = { readonly y: number; readonly height: number } & (
  { readonly zone: Timeline['zones'][number]; readonly below: number } | { readonly lane: Lane }
);

type Layout = {
  readonly rows: readonly Row[];
  readonly height: number;
  /** Where the lanes begin. */
  readonly left: number;
  readonly x: (at: number) => number;
};

function layoutOf({ timeline, width }: Plot): Layout {
  const left = width >= WIDE ? NAMES_WIDTH : 0;
  const height = left > 0 ? 26 : 40;
  const { from, to, lanes, zones } = timeline;
  const rows: Row[] = [];
  let y = AXIS;
  const add = (lane: Lane): void => {
    rows.push({ y, height, lane });
    y += height;
  };
  for (const zone of zones) {
    const members = lanes.filter((lane) => lane.zone === zone.zone);
    rows.push({ y, height: ZONE, zone, below: members.length * height });
    y += ZONE;
    members.forEach(add);
    y += 8;
  }
  lanes.filter((lane) => zones.every(({ zone }) => zone !== lane.zone)).forEach(add);
  return { rows, height: y, left, x: (at) => left + ((at - from) / (to - from)) * (width - left) };
}

/** The run at a point of the drawing, or the nearest one beside it. */
export function placeAt(plot: Plot, x: number, y: number): Place | undefined {
  const { rows, left } = layoutOf(plot);
  const row = rows.find((each) => y >= each.y && y < each.y + each.height);
  if (row === undefined || !('lane' in row)) return undefined;
  const scale = (plot.width - left) / plot.timeline.px;
  const distance = ([start, length]: Run): number =>
    Math.max(left + start * scale - x, x - left - (start + length) * scale, 0);
  const nearest = row.lane.runs.reduce<Run | undefined>(
    (best, run) => (best === undefined || distance(run) < distance(best) ? run : best),
    undefined,
  );
  return nearest === undefined || distance(nearest) > HIT
    ? undefined
    : { alias: row.lane.alias, run: nearest };
}

/** Between two marks of the axis. */
const STEPS = [
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
];
const LEAST_STEP = 66;

/** How wide a text of the axis is, at most. */
const widthOf = (text: string): number => 6 + 7 * text.length;

function axis(
  { timeline: { from, to }, time, width }: Plot,
  { left, x, height }: Layout,
): readonly SVGTemplateResult[] {
  const step = STEPS.find((each) => x(from + each) - left >= LEAST_STEP) ?? DAY;
  const room = x(from + step) - left;
  const isShort = widthOf(time.day(from)) > room;
  const marks: SVGTemplateResult[] = [];
  let labelled = 0;
  for (let local = Math.ceil((from + time.offset(from)) / step) * step; ; local += step) {
    const at = local - time.offset(local - time.offset(from));
    if (at >= to) return marks;
    const isMidnight = time.time(at) === '00:00';
    const text = isMidnight ? (isShort ? time.shortDay(at) : time.day(at)) : time.minute(at);
    const end = x(at) + widthOf(text);
    const label = x(at) < labelled || end > width ? '' : text;
    if (label !== '') labelled = end;
    marks.push(svg`<line class="mark" x1=${x(at)} x2=${x(at)} y1=${AXIS - 5} y2=${height} />
      <text class="axis" x=${x(at) + 3} y="13">${label}</text>`);
  }
}

/** Draws it. Those who do not see it have the cursor's words and the table. */
export function drawing(plot: Plot): TemplateResult {
  const layout = layoutOf(plot);
  const { timeline, width, cursor } = plot;
  const { from, to, gaps, night, alerts, begins } = timeline;
  const { rows, height, left, x } = layout;
  const band = ([start, end]: Span, y: number, bandHeight: number, style: string): SVGTemplateResult => {
    const x1 = Math.max(left, x(start));
    return svg`<rect class=${style} x=${x1} y=${y} width=${Math.max(1, x(Math.min(to, end)) - x1)} height=${bandHeight} />`;
  };
  const unknown: readonly Span[] =
    begins === null ? [[from, to]] : begins > from ? [[from, begins], ...gaps] : gaps;
  const [labels, scale] = [left > 0, (width - left) / timeline.px];
  return html`<svg
    class="plot"
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    aria-hidden="true"
  >
    <defs>
      <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line class="hatching" x1="0" x2="0" y1="0" y2="7" />
      </pattern>
    </defs>
    ${night.map((span) => band(span, AXIS, height - AXIS, 'night'))} ${axis(plot, layout)}
    ${rows.map((row) => ('zone' in row ? zoneRow(row, layout, band) : nothing))}
    ${unknown.map((span) => band(span, AXIS, height - AXIS, 'gap'))}
    ${rows.map((row) =>
      'lane' in row
        ? laneRow(row, labels, layout, { width, scale })
        : svg`<text class="zone-name" x="3" y=${row.y + 18}>${row.zone.name}</text>`,
    )}
    ${alerts.map(({ at, alias, zone }) => {
      const row = rows.find((each) =>
        'lane' in each ? each.lane.alias === alias : alias === null && each.zone.zone === zone,
      );
      if (row === undefined) return nothing;
      const y = row.y + row.height - BAR / 2 - 6;
      return svg`<path class="alert" d="M${x(at)} ${y - 9}l8 14h-16Z" /><path class="alert-sign" d="M${x(at)} ${y - 4}v4m0 2v1" />`;
    })}
    ${cursor === undefined ? nothing : cursorMark(cursor, rows, { left, scale })}
  </svg>`;
}

function zoneRow(
  { y, height, zone, below }: Row & { readonly below: number; readonly zone: Timeline['zones'][number] },
  { left, x }: Layout,
  band: (span: Span, y: number, height: number, style: string) => SVGTemplateResult,
): SVGTemplateResult {
  const armed = zone.spans.filter(([, , state]) => state !== 'disarmed');
  return svg`${armed.map(([from, to, state]) => {
    const style = state === 'triggered' ? 'triggered' : state === 'unknown' ? 'unsure' : 'armed';
    const start = Math.max(left, x(from));
    const room = x(to) - start;
    const label = words(state);
    return svg`${band([from, to], y, height + below, `span ${style}`)}
        ${band([from, to], y, 4, `cap ${style}`)}
        ${left > 0 && room > 12 + 7 * label.length ? svg`<text class="span-name" x=${start + 5} y=${y + 17}>${label}</text>` : nothing}`;
  })}`;
}

function laneRow(
  { y, height, lane }: Row & { readonly lane: Lane },
  isWide: boolean,
  { left }: Layout,
  { width, scale }: { readonly width: number; readonly scale: number },
): SVGTemplateResult {
  const top = y + height - BAR - 6;
  const d = lane.runs
    .map(
      ([start, length]) =>
        `M${left + start * scale} ${top}h${Math.max(1.5, length * scale)}v${BAR}H${left + start * scale}z`,
    )
    .join('');
  const longest = isWide ? 19 : 40;
  const name = lane.name.length > longest ? `${lane.name.slice(0, longest - 1)}…` : lane.name;
  return svg`<line class="base" x1=${left} x2=${width} y1=${top + BAR + 0.5} y2=${top + BAR + 0.5} />
    <text class="lane-name" x=${isWide ? 10 : 3} y=${isWide ? top + 11 : top - 4}>${name}</text>
    <path class="runs" d=${d} />`;
}

function cursorMark(
  { alias, run: [start, length] }: Place,
  rows: readonly Row[],
  { left, scale }: { readonly left: number; readonly scale: number },
): SVGTemplateResult | typeof nothing {
  const row = rows.find((each) => 'lane' in each && each.lane.alias === alias);
  if (row === undefined) return nothing;
  const [x, width] = [left + start * scale, Math.max(1.5, length * scale)];
  return svg`<rect class="cursor" x=${x - 3} y=${row.y + row.height - BAR - 9} width=${width + 6} height=${BAR + 6} rx="3" />`;
}
