/**
 * Keeps the journal (history/journal): records what heyu's log does not contain, each change once. Nothing waits for
 * it: lines that could not be written are tried again with the next entry, and dropped when there are too many.
 */

import { SECOND } from '../common/duration.js';
import { errorText } from '../common/error.js';
import type { Judged } from '../bridge/core.js';
import {
  entryIn,
  journalLine,
  type AllDecidingSettings,
  type JournalEntry,
  type ProblemEntry,
  type VerdictEntry,
  type ZoneEntry,
  type ZoneSource,
} from '../history/journal.js';
import type { JournalFile, Log, Now } from '../ports.js';
import type { Security, ZoneAttributes } from '../security/security.js';
import { WHY } from '../security/tracker.js';
import type { Zone } from '../security/zone.js';
import type { CoreSettings } from '../core-settings.js';
import type { SensorSettings } from '../sensor/settings.js';
import { problemWords, type Condition } from './condition.js';

/** So many lines wait for a disk that takes none. */
const MOST_WAITING = 500;

/** A broker that is not reached this soon after a start is not a problem yet. */
const CONNECTS_MS = 30 * SECOND;

const NO_BROKER = 'the broker is not reached: events wait for it';

/** The keeper of the journal. Without a file it keeps nothing. */
export class JournalKeeper {
  readonly #file: JournalFile | undefined;
  readonly #log: Log;
  /** The settings that stand in it, as JSON. */
  #settings = '';
  #version = '';
  /** What stands in it last: by zone, by problem, and of each sensor the verdict of its last signal. */
  readonly #zones = new Map<string, ZoneEntry>();
  readonly #problems = new Map<string, ProblemEntry>();
  readonly #verdicts = new Map<string, Pick<VerdictEntry, 'zone' | 'verdict' | 'reason'>>();
  /** Lines that are not written yet. */
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  #isFailing = false;
  #hasReachedBroker = false;
  #startedMono = 0;

  constructor(file: JournalFile | undefined, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  /** Reads what an earlier life has left, as far as it is needed. */
  async load(): Promise<void> {
    const lines = (await this.#file?.last()) ?? [];
    const last = lines.map(entryIn).findLast((entry) => entry?.kind === 'settings');
    if (last?.kind === 'settings') this.#settings = JSON.stringify(last.settings);
  }

  /** The service starts with these settings, or takes them. */
  begin(kind: 'start' | 'reload', { sensors, version }: CoreSettings, { at, mono }: Now): void {
    if (kind === 'start') this.#startedMono = mono;
    this.#version = version;
    this.#write({ kind, at, version });
    const settings = decidingSettings(sensors);
    const text = JSON.stringify(settings);
    if (text === this.#settings) return;
    this.#settings = text;
    this.#write({ kind: 'settings', at, settings });
  }

  /** A zone says how it stands. */
  zoneStands(security: Security, name: string, attributes: ZoneAttributes, at: number): void {
    const zone = security.zones.get(name);
    if (this.#file === undefined || zone === undefined) return;
    const before = this.#zones.get(name);
    const entry = zoneEntry(zone, attributes, before === undefined, at);
    const isSame =
      before !== undefined &&
      (['state', 'mode', 'by', 'reason'] as const).every((key) => before[key] === entry[key]);
    if (isSame) return;
    this.#zones.set(name, entry);
    for (const [alias, verdict] of this.#verdicts) if (verdict.zone === name) this.#verdicts.delete(alias);
    this.#write(entry);
  }

  /** A signal was judged. That its zone is disarmed follows from the zone's own entries. */
  judged({ zone, alias, signalAt, verdict, reason }: Judged, at: number): void {
    if (verdict === 'disarmed') return;
    const before = this.#verdicts.get(alias);
    const isSame = before?.zone === zone && before.verdict === verdict && before.reason === reason;
    if (isSame && verdict !== 'alert') return;
    this.#verdicts.set(alias, { zone, verdict, reason });
    this.#write({ kind: 'verdict', at, zone, alias, signalAt, verdict, reason });
  }

  /** Writes down what has become of problems. */
  settle(condition: Condition, isConnected: boolean, { at, mono }: Now): void {
    this.#hasReachedBroker ||= isConnected;
    const isLost = !isConnected && (this.#hasReachedBroker || mono >= this.#startedMono + CONNECTS_MS);
    if (isLost) this.#problem('broker', NO_BROKER, at);
    else this.#noProblem('broker', at);
    for (const [what, details] of condition) this.#problem(what, problemWords(what, details), at);
    for (const what of this.#problems.keys())
      if (what !== 'broker' && !condition.has(what as Parameters<Condition['has']>[0]))
        this.#noProblem(what, at);
  }

  #problem(what: string, words: string, at: number): void {
    if (this.#problems.get(what)?.words === words) return;
    const entry: ProblemEntry = { kind: 'problem', at, what, isOver: false, words };
    this.#problems.set(what, entry);
    this.#write(entry);
  }

  #noProblem(what: string, at: number): void {
    if (this.#problems.delete(what)) this.#write({ kind: 'problem', at, what, isOver: true, words: '' });
  }

  /** The service ends. Resolves when everything is written, or cannot be. */
  async stop(at: number): Promise<void> {
    this.#write({ kind: 'stop', at, version: this.#version });
    await this.#writing;
  }

  #write(entry: JournalEntry): void {
    if (this.#file === undefined) return;
    this.#waiting.push(journalLine(entry));
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    this.#writing ??= this.#writeAll(this.#file).finally(() => (this.#writing = undefined));
  }

  async #writeAll(file: JournalFile): Promise<void> {
    // what comes in this step goes with it
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      try {
        await file.append(lines.join(''), () => this.#head());
        this.#isFailing = false;
      } catch (error) {
        if (!this.#isFailing) this.#log.warn({ reason: errorText(error) }, 'the journal cannot be written');
        this.#isFailing = true;
        this.#waiting = [...lines, ...this.#waiting].slice(-MOST_WAITING);
        return;
      }
    }
  }

  /** What a new file begins with: the old one will be gone one day. */
  #head(): string {
    const [settings, at] = [this.#settings, this.#zones.values().next().value?.at ?? 0];
    const all: JournalEntry[] = [...this.#zones.values(), ...this.#problems.values()];
    if (settings !== '' && at > 0)
      all.unshift({ kind: 'settings', at, settings: JSON.parse(settings) as AllDecidingSettings });
    return all.map(journalLine).join('');
  }
}

/** What decides of these sensors. */
function decidingSettings(sensors: readonly SensorSettings[]): AllDecidingSettings {
  return Object.fromEntries(
    sensors.map((sensor) => {
      const { alias, address, moreUnits, zone, modes, guard, entry, holdMs, ignore } = sensor;
      const units = [address, ...moreUnits].join(' ');
      const hold = holdMs / SECOND;
      return [alias, { address: units, zone, modes, guard, entry, hold, ignore: ignore ? true : undefined }];
    }),
  );
}

function zoneEntry(zone: Zone, attributes: ZoneAttributes, isFirst: boolean, at: number): ZoneEntry {
  const { state, mode, verified, why, lastKnown } = attributes;
  const [source, by] = sourceOf(zone, attributes, isFirst);
  return {
    kind: 'zone',
    at,
    zone: zone.settings.zone,
    state: state ?? 'unknown',
    mode: state === undefined || state === 'disarmed' ? undefined : mode,
    source,
    by,
    verified,
    reason: why === undefined ? undefined : WHY[why],
    was: state === undefined ? lastKnown?.state : undefined,
  };
}

/** Who a zone of ours obeys, by what its commands are called (security/commands). */
const COMMANDERS: Readonly<Record<string, ZoneSource>> = { heyu: 'heyu', 'this machine': 'this_machine' };

/** Where the state of a zone is from: what kind of thing it is, and which one. */
function sourceOf(
  { settings, tracker, truth, topic, latch }: Zone,
  { state, by }: ZoneAttributes,
  isFirst: boolean,
): readonly [ZoneSource, string | undefined] {
  if (state === undefined) return ['none', topic];
  if (settings.kind === 'master') return ['members', undefined];
  if (settings.kind === 'external') {
    const isLive = tracker?.standing.kind === 'known' && tracker.standing.since === 'live';
    return [isLive ? 'message' : 'retained', topic];
  }
  if (truth?.sequence === 1 && by === undefined && state === 'disarmed') return ['new', undefined];
  const commander = by === undefined ? undefined : 'code' in by ? by.code : by.source;
  if (isFirst || (commander === undefined && state !== 'pending' && state !== 'triggered'))
    return ['stored', commander];
  if (state === 'pending') return ['signal', truth?.entry?.alias];
  if (state === 'triggered') return ['signal', latch?.alias ?? undefined];
  if (by === undefined || 'code' in by) return ['code', commander];
  const { source } = by;
  if (source.includes('/')) return ['command', source];
  return [settings.keyfobs.includes(source) ? 'keyfob' : (COMMANDERS[source] ?? 'command'), source];
}
