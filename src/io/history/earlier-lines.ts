/** Explains the lines that were in the log before the page was opened, in the same form as new lines. */

import { open } from 'node:fs/promises';
import { instantsBackFrom } from '../../alias/history.js';
import { Explainer } from '../../bridge/explain.js';
import { zoneScenes } from '../../history/journal.js';
import type { FilePosition } from '../../ports.js';
import type { HouseStatus } from '../../service/status.js';
import { ExplainedLines, lineSettingOf } from '../../web/explained-lines.js';
import type { ExplainedLine } from '../../web/protocol.js';
import { readJournal, type PastPlace } from './read-past.js';

/** Some 500 lines. */
const MOST_BYTES = 32 * 1024;

/** What is to be explained. */
export type EarlierLines = {
  /** Where the first line begins that is heard live. */
  readonly position: Pick<FilePosition, 'inode' | 'offset'> | undefined;
  /** How the zones stand now: of then nothing else is known where the journal has nothing. */
  readonly zones: HouseStatus['zones'];
  /** Epoch ms. */
  readonly now: number;
  /** So many lines, the oldest of them with this number. */
  readonly limit: number;
  readonly firstNumber: number;
};

/** Explains the end of the log; nothing where the file is not there any more. The oldest line is the first. */
export async function explainEarlier(
  { core, logPath, stateDir }: PastPlace,
  { position, zones, now, limit, firstNumber }: EarlierLines,
): Promise<readonly ExplainedLine[]> {
  const texts = await linesBefore(logPath, position);
  const instants = instantsBackFrom(texts, core.stamp, now);
  const armed = zones.filter(({ state }) => state.startsWith('armed_')).map(({ zone }) => zone);
  const disarmed = zones.filter(({ state }) => state === 'disarmed').map(({ zone }) => zone);
  const first = instants.find((at) => at !== undefined) ?? now;
  const year = new Date(first).getUTCFullYear();
  const journal = await readJournal(stateDir, { from: first, until: now + 1 }, () => undefined);
  const recorded = zoneScenes(journal);
  const scene = recorded.length > 0 ? { year, armed: [], disarmed: [], recorded } : { year, armed, disarmed };
  const lines = new ExplainedLines(lineSettingOf(core), limit, firstNumber);
  const explainer = new Explainer(core, scene, ({ finding }) => lines.find(finding));
  for (const [index, text] of texts.entries()) {
    explainer.line(text, 'log', index + 1, 0);
    lines.line(text, instants[index] ?? 0);
    lines.explain();
  }
  return lines.lines;
}

async function linesBefore(path: string, position: EarlierLines['position']): Promise<readonly string[]> {
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
