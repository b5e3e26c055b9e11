/**
 * Bridges that are broken on purpose, in each part: the simulation has to find all of them, or its judge has a hole. The
 * first are those of the soak.
 */

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS as SOAK_MUTANTS, brokenText, type Mutant } from '../soak/mutants.js';

const broken = (name: string, file: string, text: string, instead: string): Mutant => ({
  name,
  file,
  text,
  instead,
});

/** All of them. */
export const MUTANTS: readonly Mutant[] = [
  ...SOAK_MUTANTS,
  broken(
    'tail: the oldest of the rotated files counts as the newest',
    'io/tail/siblings.js',
    'return Number(b) - Number(a);',
    'return Number(a) - Number(b);',
  ),
  broken(
    'tail: a file that was truncated is read on',
    'io/tail/tailed-file.js',
    'if (!isIntact)',
    'if (false)',
  ),
  broken(
    'tail: the next file is begun at once at a rotation',
    'io/tail/log-files.js',
    'if (waitMs > 0) {',
    'if (false) {',
  ),
  broken(
    'tail: what was rotated twice while nobody looked is passed over',
    'io/tail/log-files.js',
    'yield* this.#rotated.takeUnknown({ all, held: between }, endSeenAt, this.#order.next);',
    '',
  ),
  broken(
    'tail: the name is not looked at for copies',
    'io/tail/log-files.js',
    '*#insertCopies(file) {',
    '*#insertCopies(file) { return false;',
  ),
  broken(
    'stamp: every line is of the time at which it is read',
    'bridge/hear.js',
    'let { at, fit } = stamps.instantWithin(stamp, notBefore, readAt, core.lineAt);',
    "let at = readAt, fit = 'exact';",
  ),
  broken(
    'selection: an address waits without end for its function',
    'heyu/selection.js',
    'if (oldest !== undefined && (at - oldest.at > expiryMs || before > 1)) {',
    'if (false) {',
  ),
  broken(
    'selection: an engine that starts anew remembers what was addressed',
    'heyu/selection.js',
    'export function forgetSelections(selections) {',
    'export function forgetSelections(selections) { return;',
  ),
  broken(
    'sensor: a sign does not make the motion last',
    'sensor/motion.js',
    'motion.until = Math.max(motion.until, at + settings.holdMs);',
    '',
  ),
  broken(
    'sensor: Off does not end the motion',
    'sensor/motion.js',
    "else if (settings.off === 'hold')",
    'else if (true)',
  ),
  broken(
    'sensor: motion that is read too late is shown',
    'sensor/motion.js',
    'return at + holdMs <= now;',
    'return false;',
  ),
  broken(
    'tracker: what waited in the session is the state',
    'security/tracker.js',
    'export function createTracker(queued) {',
    'export function createTracker(queued) { queued = false;',
  ),
  broken(
    'tracker: a word is believed without asking whether the queue is empty',
    'security/broker-link.js',
    'if (verifications === 0 || !isAcknowledged)',
    'if (true) return true; if (false)',
  ),
  broken(
    'link: a process that stood still goes on as if nothing were',
    'security/connection.js',
    'export function stalled(step, forMs) {',
    'export function stalled(step, forMs) { return;',
  ),
  broken(
    'owned zone: an old disarm is obeyed',
    'security/commands.js',
    'if (ageMs > settings.commandMaxAgeMs) {',
    'if (false) {',
  ),
  broken(
    'owned zone: a command that comes again is obeyed again',
    'security/redelivery.js',
    'if (delivery?.isRepeated !== true)',
    'if (true)',
  ),
  broken(
    'owned zone: an entry delay is forgotten at a restart',
    'security/stored.js',
    "until: state === 'arming' || state === 'pending' ?",
    "until: state === 'arming' ?",
  ),
  broken(
    'owned zone: an exit delay does not end',
    'security/refresh.js',
    "if (truth.state === 'arming') {",
    'if (false) {',
  ),
  broken(
    'alert: what waits for the state of its zone is not stored',
    'security/stored.js',
    '...waiting.values()]',
    ']',
  ),
  broken(
    'alert: what is held back is not stored',
    'security/stored.js',
    '...[...zones.values()].flatMap(({ held }) => held)',
    '',
  ),
  broken(
    'alert: an alert that the broker has not taken is forgotten in a crash',
    'security/stored.js',
    'undelivered: [...undelivered.values()],',
    'undelivered: [],',
  ),
  broken(
    'alert: what waited is dropped when the zone is known',
    'security/alert.js',
    'if (zone !== undefined)\n            judgeSignal(step, zone, signal, waited);',
    '',
  ),
  broken(
    'outbox: what was in flight is lost with the link',
    'mqtt/outbox.js',
    "if (why === 'lost')\n            this.#comeBack(entry);",
    "if (why === 'lost')\n            this.#settle(entry);",
  ),
  broken(
    'outbox: motion is sent as live however late',
    'mqtt/outbox.js',
    'return lateAfter !== undefined && now > lateAfter ? (latePayload ?? payload) : payload;',
    'return payload;',
  ),
  broken(
    'outbox: a broker that has forgotten is not told again',
    'service/broker-side.js',
    'outbox.republishAll();',
    '',
  ),
  broken(
    'checkpoint: an event does not wait for the id of its file',
    'service/sending.js',
    '{ ...message, afterSave: gate }',
    'message',
  ),
  broken(
    'checkpoint: files begun since are forgotten',
    'service/checkpoint.js',
    'this.#generations = begunSince(this.#generations, this.#settled.log);',
    'this.#generations = [];',
  ),
  broken(
    'checkpoint: memory goes on while its position is kept',
    'service/service.js',
    'core: structuredClone(memoryOf(bridge.core)),',
    'core: memoryOf(bridge.core),',
  ),
  broken('store: the document is not synced', 'io/files.js', 'flush: true', 'flush: false'),
  broken(
    'store: a document is written over the old one',
    'io/store.js',
    'await files.rm(temporary, { force: true });\n            await writeDurably(temporary, text, files);\n            await files.rename(temporary, path);',
    'await files.rm(path, { force: true });\n            await writeDurably(path, text, files);',
  ),
  broken(
    'store: a write that fails counts as done',
    'io/store.js',
    '.catch(() => undefined);\n            throw error;',
    '.catch(() => undefined);',
  ),
  broken(
    'service: the bridge is not said to be online',
    'service/broker-side.js',
    "sending.put({ kind: 'availability', topic, payload: 'online', force: true });",
    '',
  ),
];

/** Builds a mutant beside the simulation; answers its main.js, and how to remove it. */
export function buildMutant(mutant: Mutant): { readonly main: string; readonly remove: () => void } {
  const folder = join('build', `simulation-mutant-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join('build', 'simulation'), folder, { recursive: true });
  writeFileSync(join(folder, 'src', mutant.file), brokenText(mutant, join('build', 'simulation', 'src')));
  return {
    main: join(folder, 'test', 'simulation', 'main.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
