/** Judges a house that has been read: what gets into each other's way, and what has no effect. The only place for it. */
import { conflicts } from './alias-conflicts.js';
import type { AliasFile } from './alias-file.js';
import type { ConfigValues } from './config-keys.js';
import type { PlaceOf } from './credentials.js';
import type { Problem } from './problem.js';
import { keyfobProblems } from './keyfobs.js';
import { withoutEffect } from './no-effect.js';
import { topicConflicts } from './topic-conflicts.js';
import type { ZoneRead } from './zones.js';

/** What is judged, and how its places are shown. */
export type Judged = {
  readonly values: ConfigValues;
  readonly zones: readonly ZoneRead[];
  readonly aliases: AliasFile;
  readonly aliasFile: string;
  readonly place: PlaceOf;
  readonly configFile: string;
};

/** A judgement. */
export type Verdict = {
  readonly problems: readonly Problem[];
  /** Settings that have no effect. */
  readonly ignored: readonly Problem[];
};

/** Judges a house. */
export function judge({ values, zones, aliases: file, aliasFile, place, configFile }: Judged): Verdict {
  const { aliases, isComplete } = file;
  // a keyfob that is missing may be one that could not be read
  const keyfobs = isComplete ? keyfobProblems(zones, aliases, configFile) : { problems: [], ignored: [] };
  return {
    problems: [
      ...conflicts(aliases, aliasFile),
      ...topicConflicts(values, zones, aliases, place, configFile),
      ...keyfobs.problems,
    ],
    ignored: [...withoutEffect(aliases, zones, aliasFile, configFile), ...keyfobs.ignored],
  };
}
