/** Reads a window of time from log and journal, in this process, and yields to other work if wanted. */

import { HOUR } from '../../common/duration.js';
import type { CoreSettings } from '../../core-settings.js';
import { JournalReader, zoneScenes, type Journal } from '../../history/journal.js';
import { pastOf, type Past, type PastRequest } from '../../history/past.js';
import { Replay } from '../../history/replay.js';
import { stampClock } from '../../heyu/stamp.js';
import { journalPaths } from '../journal-file.js';
import { fileLines, instantOf, type Lines, logLines, textOf } from './lines.js';

/** Where log and journal are, and how they are understood. */
export type PastPlace = {
  readonly core: CoreSettings;
  readonly logPath: string;
  /** Undefined: there is no journal. */
  readonly stateDir: string | undefined;
};

/** The log is heard from so much earlier on: what lasts is known then. */
const BEFORE_MS = 2 * HOUR;

/** Gives way after so many lines if it is time. */
const LINES_BETWEEN_LOOKS = 64;

/** Called often, with the lines of the log that are read; resolves when the work may continue. Undefined: at once. */
export type GiveWay = (lines: number) => Promise<void> | undefined;

/** Reads it. */
export async function readPast(
  { core, logPath, stateDir }: PastPlace,
  { from, until, signals }: PastRequest,
  giveWay: GiveWay = () => undefined,
): Promise<Past> {
  const unread: string[] = [];
  const missing = (words: string): void => void unread.push(words);
  const heardFrom = from - BEFORE_MS;
  const journal = await readJournal(stateDir, { from: heardFrom, until }, missing, giveWay);
  const zones = zoneScenes(journal);
  const stamps = stampClock(core.stamp);
  const yearNear = (at: number): number => new Date(at + stamps.zone.offsetMs(at)).getUTCFullYear();
  const request = { from, until, zones, signals };
  let replay: Replay | undefined;
  let count = 0;
  const hear = async ({ texts, ...when }: Lines): Promise<boolean> => {
    // nor may a file without lines or stamps take long
    await giveWay(count);
    for (const line of texts) {
      const text = textOf(line);
      count += 1;
      if (count % LINES_BETWEEN_LOOKS === 0) await giveWay(count);
      if (replay === undefined) {
        const stamp = stamps.read(text);
        if (stamp === undefined) continue;
        replay = new Replay(core, { ...request, year: yearNear(instantOf(stamp, when, stamps)) });
      }
      if (!replay.line(text)) return false;
    }
    return true;
  };
  for await (const lines of logLines(logPath, heardFrom, stamps, missing)) if (!(await hear(lines))) break;
  replay ??= new Replay(core, { ...request, year: yearNear(from) });
  return pastOf(replay.end(), journal, unread, core.sensors);
}

/** Reads what the journal in a state directory tells of a window of time. */
export async function readJournal(
  stateDir: string | undefined,
  { from, until }: Pick<PastRequest, 'from' | 'until'>,
  missing: (words: string) => void,
  giveWay: GiveWay = () => undefined,
): Promise<Journal> {
  const reader = new JournalReader(from, until);
  let count = 0;
  for (const path of stateDir === undefined ? [] : journalPaths(stateDir))
    for await (const texts of fileLines(path, missing))
      for (const text of texts) {
        reader.line(textOf(text));
        count += 1;
        if (count % LINES_BETWEEN_LOOKS === 0) await giveWay(0);
      }
  return reader.journal;
}
