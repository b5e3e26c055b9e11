/**
 * Bridges that are broken on purpose, each in one small way: the soak has to find all of them, or it proves nothing
 * about the whole one. A mutant is the program as the compiler leaves it, file by file, with one text of it replaced.
 */

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is broken, and how. */
export type Mutant = {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly instead: string;
};

/** All of them. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'one event in five is dropped, each time it is put',
    file: 'mqtt/outbox.js',
    text: '#putEvent(event) {',
    instead: '#putEvent(event) { if (/[05]$/.test(event.id)) return;',
  },
  {
    name: 'a file gets another generation when it is met again',
    file: 'io/tail/tailed-file.js',
    text: '(yield* this.#takeKnown(reader)) ??',
    instead: '',
  },
  {
    name: 'some sensors are never OFF',
    file: 'mqtt/outbox.js',
    text: '#putRetained(message) {',
    instead:
      '#putRetained(message) { if (/[135]\\/motion$/.test(message.topic) && message.payload === "OFF") return;',
  },
  {
    name: 'what was lost with the link counts as acknowledged',
    file: 'service/sending.js',
    text: 'if (error === undefined)',
    instead: 'if (true)',
  },
  {
    name: 'the checkpoint does not wait for the broker',
    file: 'service/checkpoint.js',
    text: 'sequence: this.#outbox.lastNumber, wasReadToEnd',
    instead: 'sequence: 0, wasReadToEnd',
  },
  {
    name: 'what was acknowledged before a crash is sent again',
    file: 'service/checkpoint.js',
    text: 'return this.#earlier.has(id) ||',
    instead: 'return false ||',
  },
  {
    name: 'compressed files are not looked into',
    file: 'io/tail/siblings.js',
    text: '(\\.gz)?$/',
    instead: '$/',
  },
  {
    name: 'one alert in five is dropped, each time it is raised',
    file: 'security/alert.js',
    text: "emit({ kind: 'alert', alert });",
    instead: "if (!/[05]\\.alert$/.test(alert.id)) emit({ kind: 'alert', alert });",
  },
  {
    name: 'motion does not always end with its hold time',
    file: 'sensor/motion.js',
    text: 'motion.until = lateAfter;',
    instead: 'motion.until = lateAfter + (/[05]$/.test(id) ? 60_000 : 0);',
  },
];

/** The text of the broken file, of those that the compiler has left in `folder`. Throws when there is nothing to break any more: the program has changed. */
export function brokenText({ name, file, text, instead }: Mutant, folder = join('build', 'ts')): string {
  const whole = readFileSync(join(folder, file), 'utf8');
  if (!whole.includes(text)) throw new Error(`cannot break ${file}: there is no ${text} in it (${name})`);
  return whole.replace(text, () => instead);
}

/** Builds a mutant in a folder of its own below `build`; answers its main.js. */
export function buildMutant(mutant: Mutant): string {
  const folder = join('build', 'mutant');
  rmSync(folder, { recursive: true, force: true });
  cpSync(join('build', 'ts'), folder, { recursive: true });
  writeFileSync(join(folder, mutant.file), brokenText(mutant));
  return join(folder, 'main.js');
}
