/** States as shapes: what is told by colour is told by form, too. They are decoration for the word beside them. */

import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit-html';
import type { SensorStatus, ZoneStatus } from '../src/service/status.js';

/** Drawn in a square of 24, with the line's colour and no filling. */
const SHAPES = {
  motion: svg`<circle cx="12" cy="12" r="4" class="filled" /><path d="M5.5 5.5a9.2 9.2 0 0 0 0 13M18.5 5.5a9.2 9.2 0 0 1 0 13" />`,
  quiet: svg`<circle cx="12" cy="12" r="4" />`,
  open: svg`<path d="M4 20h16M7 20V4h10v16M7 4l6 3v16l-6-3" />`,
  closed: svg`<path d="M4 20h16M7 20V4h10v16M14 12v1" />`,
  on: svg`<path d="M9.5 20h5M12 3a6.5 6.5 0 0 0-3 12.2V17h6v-1.8A6.5 6.5 0 0 0 12 3Z" class="filled" />`,
  off: svg`<path d="M9.5 20h5M12 3a6.5 6.5 0 0 0-3 12.2V17h6v-1.8A6.5 6.5 0 0 0 12 3Z" />`,
  alarm: svg`<path d="M12 3 22 20H2Z" /><path d="M12 9v5M12 17v.5" />`,
  silent: svg`<circle cx="12" cy="12" r="8" stroke-dasharray="3 3" /><path d="M6 18 18 6" />`,
  unknown: svg`<circle cx="12" cy="12" r="9" /><path d="M9.5 9.5a2.6 2.6 0 1 1 3.8 2.3c-.9.5-1.3 1-1.3 2M12 17v.5" />`,
  reading: svg`<path d="M10 14V5a2 2 0 1 1 4 0v9a4 4 0 1 1-4 0Z" />`,
  remote: svg`<rect x="8" y="3" width="8" height="18" rx="2" /><path d="M12 7v.5M12 12v.5" />`,
  armed: svg`<path d="M12 3 20 6v6c0 4.6-3.4 7.8-8 9-4.6-1.2-8-4.4-8-9V6Z" /><path d="m8.5 12 2.5 2.5 4.5-5" />`,
  disarmed: svg`<path d="M12 3 20 6v6c0 4.6-3.4 7.8-8 9-4.6-1.2-8-4.4-8-9V6Z" />`,
  waiting: svg`<path d="M6 3h12M6 21h12M7.5 3c0 5 9 5.5 9 9s-9 4-9 9M16.5 3c0 5-9 5.5-9 9s9 4 9 9" />`,
} as const satisfies Readonly<Record<string, SVGTemplateResult>>;

type Shape = keyof typeof SHAPES;

/** How much a state wants to be seen. */
type Tone = 'calm' | 'active' | 'warn' | 'alarm';

/** A shape and its colour. */
export type Look = { readonly shape: Shape; readonly tone: Tone };

/** Draws it. */
export const shape = ({ shape: name, tone }: Look): TemplateResult =>
  html`<svg class="shape ${tone}" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[name]}</svg>`;

type Main = { readonly channel: string; readonly on: Look; readonly off: Look };

const main = (channel: string, on: Shape, off: Shape, tone: Tone = 'active'): Main => ({
  channel,
  on: { shape: on, tone },
  off: { shape: off, tone: 'calm' },
});

const OPENING = main('contact', 'open', 'closed');

/** Of the types that have one: the channel that a sensor is for, and how it looks. */
const MAINS: Readonly<Partial<Record<SensorStatus['type'], Main>>> = {
  motion: main('motion', 'motion', 'quiet'),
  door: OPENING,
  window: OPENING,
  garage: OPENING,
  opening: OPENING,
  smoke: main('smoke', 'alarm', 'quiet', 'alarm'),
  glass: main('glass', 'alarm', 'quiet', 'alarm'),
  water: main('water', 'alarm', 'quiet', 'alarm'),
  light_sensor: main('light', 'on', 'off', 'calm'),
  light: main('state', 'on', 'off'),
  appliance: main('state', 'on', 'off'),
};

/** How a sensor looks. */
export function lookOf({ type, values, silent, state }: SensorStatus): Look {
  if (values['tamper'] === 'ON') return { shape: 'alarm', tone: 'warn' };
  if (silent) return { shape: 'silent', tone: 'warn' };
  if (type === 'remote' || type === 'reading') return { shape: type, tone: 'calm' };
  const { channel, on, off } = MAINS[type] ?? {};
  const value = channel === undefined ? undefined : values[channel];
  if (on !== undefined && value === 'ON') return on;
  if (off !== undefined && (value === 'OFF' || state !== null)) return off;
  return { shape: 'unknown', tone: 'calm' };
}

/** How a zone looks. */
export function lookOfZone({ state, alarm }: ZoneStatus): Look {
  if (alarm || state === 'triggered') return { shape: 'alarm', tone: 'alarm' };
  if (state === 'disarmed') return { shape: 'disarmed', tone: 'calm' };
  if (state.startsWith('armed')) return { shape: 'armed', tone: 'active' };
  if (state === 'unknown') return { shape: 'unknown', tone: 'warn' };
  return { shape: 'waiting', tone: 'warn' };
}
