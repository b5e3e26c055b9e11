/** Spoiling one discovery message among those of a small house. */
import { discoveryMessages } from '../../src/homeassistant/discovery.js';
import { coreOf, inForm, sensorOf, zoneOf } from './examples.js';
import type { Published } from './validator.js';

/** One way to spoil a message. */
export type Bad = {
  readonly what: string;
  /** How the topic of the spoilt message ends. */
  readonly topicEnd: string;
  /** Members joined by dots; empty = the whole payload is the text in `value`. */
  readonly path: string;
  /** Undefined = the member is left out. */
  readonly value: unknown;
  readonly why: RegExp;
  /**
   * Who minds: the schemas of Home Assistant, a running Home Assistant only (log or missing entity), or only our
   * own rules, because it would be accepted and yet not do what we want.
   */
  readonly judge: 'schema' | 'running' | 'ours';
};

/** A row of the table. */
export const bad = (
  what: string,
  topicEnd: string,
  path: string,
  value: unknown,
  why: RegExp,
  judge: Bad['judge'] = 'schema',
): Bad => ({
  what,
  topicEnd,
  path,
  value,
  why,
  judge,
});

/** A small house with one of everything that is spoilt below. */
export const SMALL_HOUSE = coreOf({
  control: true,
  sensors: [
    sensorOf('MS14A', { alias: 'hall', address: 'A3', type: 'motion', name: 'Hall' }),
    sensorOf('KR10A', { alias: 'keyfob', address: 'D1', type: 'remote', name: 'Keyfob' }),
    sensorOf('ORE_TH1', { alias: 'garden', address: 'L1', type: 'reading', name: 'Garden' }),
    sensorOf('StdLM', { alias: 'lamp', address: 'E1', type: 'light', name: 'Lamp' }),
  ],
  zones: [
    zoneOf({ zone: 'ground', name: 'Ground', kind: 'external', stateTopic: 'alarmo/state' }),
    zoneOf({ zone: 'attic', name: 'Attic' }),
    zoneOf({ zone: 'cellar', name: 'Cellar', panel: 'alarm_control_panel' }),
  ],
});

function withMember(target: unknown, path: readonly string[], value: unknown): unknown {
  const [key = '', ...rest] = path;
  const members = target as Readonly<Record<string, unknown>>;
  return { ...members, [key]: rest.length === 0 ? value : withMember(members[key], rest, value) };
}

/** All messages of the small house, one of them spoilt. JSON leaves out what is undefined. */
export function spoilt(form: 'device' | 'entity', { topicEnd, path, value }: Bad): readonly Published[] {
  const messages = discoveryMessages(inForm(SMALL_HOUSE, form));
  if (!messages.some(({ topic }) => topic.endsWith(topicEnd)))
    throw new Error(`no topic ends with ${topicEnd}`);
  return messages.map(({ topic, payload }) => {
    if (!topic.endsWith(topicEnd)) return { topic, payload };
    if (path === '') return { topic, payload: String(value) };
    return { topic, payload: JSON.stringify(withMember(JSON.parse(payload), path.split('.'), value)) };
  });
}
