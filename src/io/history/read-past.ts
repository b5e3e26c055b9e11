/** Reads a window of time from log and journal, in this process. */

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

/** Reads it. `told`: how many lines of the log are read, after each block of it. */
export async function readPast(
  { core, logPath, stateDir }: PastPlace,
  { from, until, signals }: PastRequest,
  told: (lines: number) => void = () => undefined,
): Promise<Past> {
  const unread: string[] = [];
  const missing = (words: string): void => void unread.push(words);
  const heardFrom = from - BEFORE_MS;
  const journal = await readJournal(stateDir, { from: heardFrom, until }, missing);
  const zones = zoneScenes(journal);
  const stamps = stampClock(core.stamp);
  const yearNear = (at: number): number => new Date(at + stamps.zone.offsetMs(at)).getUTCFullYear();
  const request = { from, until, zones, signals };
  let replay: Replay | undefined;
  let count = 0;
  const hear = ({ texts, ...when }: Lines): boolean => {
    count += texts.length;
    for (const line of texts) {
      const text = textOf(line);
      if (replay === undefined) {
        const stamp = stamps.read(text);
        if (stamp === undefined) continue;
        replay = new Replay(core, { ...request, year: yearNear(instantOf(stamp, when, stamps)) });
      }
      if (!replay.line(text)) return false;
    }
    told(count);
    return true;
  };
  for await (const lines of logLines(logPath, heardFrom, stamps, missing)) if (!hear(lines)) break;
  replay ??= new Replay(core, { ...request, year: yearNear(from) });
  return pastOf(replay.end(), journal, unread, core.sensors);
}

/** Reads what the journal in a state directory tells of a window of time. */
export async function readJournal(
  stateDir: string | undefined,
  { from, until }: Pick<PastRequest, 'from' | 'until'>,
  missing: (words: string) => void,
): Promise<Journal> {
  const reader = new JournalReader(from, until);
  for (const path of stateDir === undefined ? [] : journalPaths(stateDir))
    for await (const texts of fileLines(path, missing)) for (const text of texts) reader.line(textOf(text));
  return reader.journal;
}
