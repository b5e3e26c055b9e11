/** What the demonstration plays: a log that the real heyu wrote, and what a person does meanwhile. */

import { readFileSync } from 'node:fs';
import { readStamp } from '../heyu/stamp.js';

/** One step of the story. */
export type Step =
  | { readonly kind: 'line'; readonly text: string; readonly waitMs: number }
  | { readonly kind: 'command'; readonly command: string; readonly words: string; readonly waitMs: number };

/** Where the files of the demonstration lie in the package. */
export const DEMO_FOLDER = new URL('../../config/demo/', import.meta.url);

/** Commands of the person, by the number of the line before them. */
const COMMANDS: ReadonlyMap<number, readonly [string, string]> = new Map([
  [1, ['DISARM', 'someone is at home: the ground floor is disarmed']],
  [17, ['ARM_AWAY', 'someone arms the ground floor and leaves']],
  [37, ['DISARM', 'someone comes home and disarms it']],
]);

/** Longest and shortest wait between two lines. */
const LONGEST_MS = 1500;
const SHORTEST_MS = 400;

const stampOf = (line: string): number => readStamp(line, 'YMD')?.timeOfDayMs ?? 0;

/** The story. Its lines keep the distances that heyu's stamps show, within bounds. */
export function demoStory(): Step[] {
  const lines = readFileSync(new URL('heyu.log', DEMO_FOLDER), 'utf8').trimEnd().split('\n');
  return lines.flatMap((line, index) => {
    const before = lines[index - 1];
    const gapMs = before === undefined ? 0 : stampOf(line) - stampOf(before);
    const waitMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, gapMs));
    const start = readStamp(line, 'YMD')?.bodyStart ?? 0;
    const step: Step = { kind: 'line', text: line.slice(start), waitMs };
    const command = COMMANDS.get(index + 1);
    if (command === undefined) return [step];
    return [step, { kind: 'command', command: command[0], words: command[1], waitMs: LONGEST_MS }];
  });
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The line as heyu would write it at this moment (default DATE_FORMAT, local time). */
export function stamped(text: string, date: Date): string {
  const day = `${two(date.getMonth() + 1)}/${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}  ${text}`;
}
