/**
 * In what order the past and the present come after an absence. The bridge believes neither the last message nor the
 * retain flag, but what a second SUBSCRIBE brings when it is quiet (docs/security-state.md).
 */

import type { Heard, OrderSeen } from './observations.js';
import { SETTINGS, type Need, type Row } from './row.js';

/** Judges the stories of states that changed while the subscriber was away. */
export function judgeOrder(stories: readonly OrderSeen[], need: Need): readonly Row[] {
  return stories.map((story) => judge(story, need));
}

function judge({ story, truth, heard, secondAnswer }: OrderSeen, need: Need): Row {
  const answer = secondAnswer === undefined ? 'nothing' : secondAnswer.payload;
  const row = {
    area: 'order',
    trial: story,
    expected: `whatever comes first, a second SUBSCRIBE brings ${truth}`,
    actual: `${sequenceInWords(heard, truth)}; second SUBSCRIBE: ${answer}`,
  } as const;
  if (answer !== truth)
    return { ...row, result: 'fault', reason: 'a SUBSCRIBE does not bring the present state' };
  const marked = heard.filter((each) => each.kind === 'message' && each.retain).length;
  if (marked > 1 && need.session === 'persistent')
    return {
      ...row,
      result: 'setting',
      reason: 'what waited comes marked as retained, so that old and new cannot be told apart',
      settings: [SETTINGS.clean],
    };
  return isPresentLast(heard, truth)
    ? { ...row, result: 'ok' }
    : { ...row, actual: `${row.actual}: the bridge takes that`, result: 'note' };
}

/** The present comes after the past: who believes everything would be right, too. */
function isPresentLast(heard: readonly Heard[], truth: string): boolean {
  const last = heard.findLast((each) => each.kind === 'message');
  return last?.retain === true && last.payload === truth;
}

/** `20 queued, SUBACK, retained ON (the present), 40 queued (last OFF)`. */
export function sequenceInWords(heard: readonly Heard[], truth: string): string {
  const parts: string[] = [];
  let run: string[] = [];
  const endRun = (): void => {
    if (run.length > 0) parts.push(run.length <= 3 ? `queued ${run.join(' ')}` : queued(run));
    run = [];
  };
  for (const each of heard) {
    if (each.kind === 'message' && !each.retain) {
      run.push(each.payload);
      continue;
    }
    endRun();
    if (each.kind === 'suback') parts.push('SUBACK');
    else parts.push(`retained ${each.payload}${each.payload === truth ? ' (the present)' : ' (the past)'}`);
  }
  endRun();
  return parts.length === 0 ? 'nothing' : shortened(parts).join(', ');
}

const queued = (run: readonly string[]): string => `${run.length} queued (last ${run.at(-1) ?? ''})`;

/** Brokers that mark everything as retained give long lists. */
function shortened(parts: readonly string[]): readonly string[] {
  return parts.length <= 8
    ? parts
    : [...parts.slice(0, 4), `${parts.length - 6} more of that kind`, ...parts.slice(-2)];
}
