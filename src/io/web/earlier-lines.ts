/** Explains the lines that were in the log before the page was opened, in the same form as new lines. */

import { open } from 'node:fs/promises';
import { instantsBackFrom } from '../../alias/history.js';
import { Explainer } from '../../bridge/explain.js';
import type { CoreSettings } from '../../core-settings.js';
import { zoneScenes } from '../../history/journal.js';
import type { Past, PastRequest } from '../../history/past.js';
import type { FilePosition } from '../../ports.js';
import type { HouseStatus } from '../../service/status.js';
import type { ExplainedLines } from '../../web/explained-lines.js';
import type { Guesses } from '../../web/guesses.js';

/** Some 500 lines. */
const MOST_BYTES = 32 * 1024;

/** So long the loop may be kept from reading the log. */
const SLICE_MS = 5;

/** What is to be explained, and by what. */
export type Earlier = {
  readonly path: string;
  /** Where the first line begins that is heard live. */
  readonly position: Pick<FilePosition, 'inode' | 'offset'> | undefined;
  readonly core: CoreSettings;
  /** How the zones stand now: of then nothing else is known where the journal has nothing. */
  readonly zones: HouseStatus['zones'];
  /** What was in a window of time, the journal among it. */
  readonly past: (request: PastRequest) => Promise<Pick<Past, 'journal'>>;
  readonly now: number;
};

/** Explains the end of the log into `lines`, in slices; nothing where the file is not there any more. */
export async function explainEarlier(
  earlier: Earlier,
  lines: ExplainedLines,
  guesses: Guesses,
): Promise<void> {
  const texts = await linesBefore(earlier);
  const { core, now, zones } = earlier;
  const instants = instantsBackFrom(texts, core.stamp, now);
  const armed = zones.filter(({ state }) => state.startsWith('armed_')).map(({ zone }) => zone);
  const disarmed = zones.filter(({ state }) => state === 'disarmed').map(({ zone }) => zone);
  const first = instants.find((at) => at !== undefined) ?? now;
  const year = new Date(first).getUTCFullYear();
  const recorded = await earlier.past({ from: first, until: now + 1, signals: false }).then(
    ({ journal }) => zoneScenes(journal),
    () => [],
  );
  const scene = recorded.length > 0 ? { year, armed: [], disarmed: [], recorded } : { year, armed, disarmed };
  const explainer = new Explainer(core, scene, ({ finding }) => lines.find(finding));
  let begun = performance.now();
  for (const [index, text] of texts.entries()) {
    const at = instants[index] ?? 0;
    explainer.line(text, 'log', index + 1, 0);
    lines.line(text, at);
    lines.explain();
    if (at > 0) guesses.line(text, at);
    if (performance.now() - begun < SLICE_MS) continue;
    await new Promise((resolve) => void setImmediate(resolve));
    begun = performance.now();
  }
}

async function linesBefore({ path, position }: Earlier): Promise<readonly string[]> {
  if (position === undefined) return [];
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return [];
  try {
    // rotated in this very moment: the page begins with what comes
    if ((await file.stat()).ino !== position.inode) return [];
    const from = Math.max(0, position.offset - MOST_BYTES);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(position.offset - from), 0, null, from);
    // heyu knows no other characters than those of its own time
    const texts = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    return texts.slice(from === 0 ? 0 : 1, -1);
  } catch {
    return [];
  } finally {
    await file.close();
  }
}
