/** An owned zone as docs/alarm.md has it, written from that page alone: which alerts there have to be, and its state. */

import type { SensorSignal } from '../../src/security/zone.js';

/** How the zone is configured. Times are milliseconds. */
export type Rules = {
  readonly exitMs: (mode: Mode) => number;
  readonly entryMs: number;
  readonly cooldownMs: number;
  readonly maxAgeMs: number;
  /** The end of a delay may be noticed so much later; 0 = at once. */
  readonly lateMs: number;
};

type Mode = 'away' | 'home';

/** What is known of a signal before it is judged. `voice`: sensors and tampering with them have cool-downs of their own. */
export type Signalled = Partial<SensorSignal> & {
  readonly alias: string;
  readonly id: string;
  readonly at: number;
};

/** Without a link an entry delay lasts so much longer: a disarming may be waiting at the broker. */
const LINK_MS = 30_000;

/** Stamps of the log are whole seconds. */
const SECOND_MS = 1000;

const voiceOf = ({ kind, alias }: Signalled): string => (kind === 'tamper' ? `${alias} tamper` : alias);

const modeOf = (word: string): Mode => (word === 'ARM_HOME' ? 'home' : 'away');

type Kept = {
  state: 'disarmed' | 'arming' | 'armed' | 'pending' | 'triggered';
  /** Undefined in an alarm that was raised out of nothing: every sensor counts. */
  mode: Mode | undefined;
  armedSince: number;
  /** The end of the delay that runs, and how much later it may be noticed. */
  until: number;
  lateMs: number;
  /** Who began the entry delay. */
  entry: { readonly id: string; readonly alias: string; readonly at: number } | undefined;
  alertedAt: Readonly<Record<string, number>>;
  isCrying: boolean;
  criedAt: number | undefined;
  /** When the last command was given that was obeyed. */
  orderedAt: number;
  /** A code is being checked: what was obeyed since. The last command that arms during an alarm or an entry delay counts behind it. */
  since: undefined | 'nothing' | 'other' | { readonly word: string; readonly isImmediate: boolean };
  /** Since when there is no link. */
  cutAt: number | undefined;
  /** Messages with commands that count no more when they come again. */
  settled: readonly number[];
};

/** The house. Its alerts are told by id, in the order in which they come. Instants are epoch ms. */
export class Oracle {
  readonly alerts: string[] = [];
  readonly #rules: Rules;
  #kept: Kept;

  constructor(rules: Rules, kept: Partial<Kept> = {}) {
    this.#rules = rules;
    this.#kept = {
      state: 'disarmed',
      mode: undefined,
      armedSince: 0,
      until: 0,
      lateMs: 0,
      entry: undefined,
      alertedAt: {},
      isCrying: false,
      criedAt: undefined,
      orderedAt: -Infinity,
      since: undefined,
      cutAt: undefined,
      settled: [],
      ...kept,
    };
  }

  /** The same house once more; its alerts begin anew. */
  copy(): Oracle {
    return new Oracle(this.#rules, this.#kept);
  }

  /** The same for two houses in which the same will happen. */
  get key(): string {
    const { state, armedSince, until, lateMs, alertedAt, ...kept } = this.#kept;
    const isGuarding = state !== 'disarmed' && state !== 'arming';
    return JSON.stringify({
      state,
      ...kept,
      alertedAt: Object.entries(alertedAt).sort(([one], [other]) => one.localeCompare(other)),
      since: isGuarding && armedSince,
      delay: this.isDelayed && [until, lateMs],
    });
  }

  /** As the bridge calls it. */
  get state(): string {
    const { state, mode = 'away' } = this.#kept;
    return state === 'armed' ? `armed_${mode}` : state;
  }

  /** Time has come to `now`. */
  until(now: number): void {
    const { state, until, lateMs, cutAt } = this.#kept;
    const patienceMs = state === 'pending' && cutAt !== undefined ? LINK_MS : 0;
    if (now >= until + lateMs + patienceMs) this.end();
  }

  /** A delay may be over by now, and need not. */
  mayEnd(now: number): boolean {
    return this.isDelayed && now >= this.#kept.until;
  }

  get mode(): Mode | undefined {
    return this.#kept.mode;
  }

  get armedSince(): number {
    return this.#kept.armedSince;
  }

  /** The signal that has begun the entry delay. */
  get entryId(): string | undefined {
    return this.#kept.entry?.id;
  }

  get orderedAt(): number {
    return this.#kept.orderedAt;
  }

  /** A zone with codes wants one for this: it ends an alarm or a delay, disarms or changes the arm mode. */
  needsCode(word: string): boolean {
    const { state, isCrying, mode } = this.#kept;
    if (word === 'DISARM') return state !== 'disarmed' || isCrying;
    return word !== 'TRIGGER' && state !== 'disarmed' && mode !== modeOf(word);
  }

  get isDelayed(): boolean {
    return this.#kept.state === 'arming' || this.#kept.state === 'pending';
  }

  /** The cool-downs are those that these alerts have begun (epoch ms, by alias), and no others. */
  recallAlerts(alertedAt: Readonly<Record<string, number>>): void {
    this.#kept.alertedAt = alertedAt;
  }

  /** The delay that runs may be noticed so much later. */
  delay(byMs: number): void {
    if (this.isDelayed) this.#kept.lateMs += byMs;
  }

  /** The delay that runs may be noticed as late as this. */
  delayUntil(at: number): void {
    if (this.isDelayed) this.#kept.lateMs = Math.max(this.#kept.lateMs, at - this.#kept.until);
  }

  /** The delay that runs ends. */
  end(): void {
    const kept = this.#kept;
    if (kept.state === 'arming') [kept.state, kept.armedSince, kept.lateMs] = ['armed', kept.until, 0];
    if (kept.state === 'pending') this.#endEntry();
  }

  #endEntry(): void {
    const { entry } = this.#kept;
    this.#kept.state = 'triggered';
    this.#kept.lateMs = 0;
    if (entry === undefined) return;
    this.#raise(entry.id, entry.alias, entry.at);
    this.#kept.entry = undefined;
  }

  #raise(id: string, voice: string, at: number): void {
    this.alerts.push(id);
    const { alertedAt } = this.#kept;
    this.#kept.alertedAt = { ...alertedAt, [voice]: Math.max(at, alertedAt[voice] ?? at) };
  }

  /** A signal of this instant may still raise an alert: it does not if the zone is not armed, or was armed later. */
  mayAlert(instant: number): boolean {
    const { state, armedSince } = this.#kept;
    return state !== 'disarmed' && state !== 'arming' && armedSince <= instant;
  }

  /** It is within the cool-down of an alert. */
  isCooling(signal: Signalled): boolean {
    const { alertedAt, armedSince } = this.#kept;
    const last = alertedAt[voiceOf(signal)];
    // one who has tried to disarm is told anew
    const isSince = last !== undefined && last + SECOND_MS > armedSince;
    return isSince && Math.abs(signal.at - last) < this.#rules.cooldownMs;
  }

  /** A signal is judged. `instant`: at which the zone has to have been armed. */
  signal(signal: Signalled, instant: number, now: number): void {
    const kept = this.#kept;
    const { alias, id, at, modes } = signal;
    if (signal.guard === 'always') return this.#cry(signal);
    if (!this.mayAlert(instant)) return;
    if (modes?.includes('away') === true && kept.mode === 'home') return;
    const voice = voiceOf(signal);
    if (this.isCooling(signal)) return;
    const isDelayed = signal.entry !== 'immediate';
    const until = at + this.#rules.entryMs;
    // the delay of one who came later is not his
    const isOver = until <= now && at < (kept.entry?.at ?? -Infinity);
    if (isDelayed && kept.state === 'pending' && !isOver) return;
    if (isDelayed && kept.state === 'armed' && until > now) {
      this.#kept = { ...kept, state: 'pending', until, lateMs: this.#rules.lateMs, entry: { id, alias, at } };
      return;
    }
    const { entry } = kept;
    // in the order in which they were, the entry of the same sensor would be in the cool-down of this one
    if (isOver && entry?.alias === voice && entry.at - at < this.#rules.cooldownMs) kept.entry = undefined;
    if (kept.state === 'pending') this.#endEntry();
    this.#kept.state = 'triggered';
    this.#raise(id, voice, at);
  }

  #cry({ alias, kind, id, at }: Signalled): void {
    const { criedAt, alertedAt } = this.#kept;
    const voice = `always ${alias}`;
    const last = alertedAt[voice];
    const isEnded = criedAt !== undefined && last !== undefined && last <= criedAt;
    if (kind !== 'panic' && last !== undefined && !isEnded && Math.abs(at - last) < this.#rules.cooldownMs)
      return;
    this.#raise(id, voice, at);
    // what was before somebody ended an alarm does not begin it again
    if (criedAt === undefined || at + SECOND_MS > criedAt) this.#kept.isCrying = true;
  }

  /** A key of a keyfob that stands in the log. */
  keyPressed(word: string, loggedAt: number, now: number, isImmediate: boolean): void {
    const { orderedAt } = this.#kept;
    // the log may be read again, and what was ordered since counts
    if (loggedAt + SECOND_MS <= orderedAt) return;
    if (now - loggedAt > this.#rules.maxAgeMs) return this.refuse(word, now);
    this.command(word, Math.min(now, loggedAt + SECOND_MS), isImmediate);
    this.#kept.orderedAt = Math.max(orderedAt, loggedAt);
  }

  /** A command is obeyed. */
  command(word: string, now: number, isImmediate = false): void {
    const { state, mode } = this;
    this.#obey(word, now, isImmediate);
    const kept = this.#kept;
    kept.orderedAt = Math.max(kept.orderedAt, now);
    if (kept.since === undefined || kept.since === 'other') return;
    if (this.state !== state || (state === 'arming' && this.mode !== mode)) kept.since = 'other';
    else if (this.mode !== mode) kept.since = { word, isImmediate };
  }

  /** This message has told its command; of those before only some may come again. */
  settles(message: number, mayComeAgain: (message: number) => boolean): void {
    this.#kept.settled = [
      ...this.#kept.settled.filter((one) => one !== message && mayComeAgain(one)),
      message,
    ];
  }

  /** What of its commands outlasts that its state is not known: which have had their effect, and the check of a code. */
  get commanded(): Pick<Kept, 'settled' | 'since'> {
    const { settled, since } = this.#kept;
    return { settled, since };
  }

  hasSettled(message: number): boolean {
    return this.#kept.settled.includes(message);
  }

  /** The code of a command is being checked from now on. */
  checks(): void {
    this.#kept.since = 'nothing';
  }

  /** The code was right, so that the command is obeyed or, if it is too old, refused; undefined: it was not right. */
  checked(word: string, outcome: 'command' | 'refuse' | undefined, now: number): void {
    const { since } = this.#kept;
    this.#kept.since = undefined;
    if (outcome === undefined || since === undefined || since === 'other') return;
    this[outcome](word, now);
    if (since !== 'nothing') this.command(since.word, now, since.isImmediate);
  }

  #obey(word: string, now: number, isImmediate: boolean): void {
    const kept = this.#kept;
    if (word === 'DISARM') return this.#disarm(now);
    if (word === 'TRIGGER') {
      if (kept.state === 'triggered') return;
      if (kept.state === 'pending') this.#endEntry();
      if (kept.state === 'disarmed' || kept.state === 'arming') kept.armedSince = now;
      kept.state = 'triggered';
      this.alerts.push('TRIGGER');
      return;
    }
    const mode = modeOf(word);
    if (kept.state === 'disarmed' || kept.state === 'arming') {
      const exitMs = isImmediate ? 0 : this.#rules.exitMs(mode);
      if (kept.state === 'arming' && kept.mode === mode && exitMs > 0) return;
      kept.state = exitMs > 0 ? 'arming' : 'armed';
      [kept.until, kept.armedSince, kept.lateMs] = [now + exitMs, now, this.#rules.lateMs];
    }
    kept.mode = mode;
  }

  #disarm(now: number): void {
    const kept = this.#kept;
    const answers = kept.isCrying;
    if (answers) [kept.isCrying, kept.criedAt] = [false, now];
    if (answers && kept.state !== 'pending' && kept.state !== 'triggered') return;
    const voices = Object.entries(kept.alertedAt).filter(([voice]) => voice.startsWith('always'));
    const alertedAt = Object.fromEntries(voices);
    this.#kept = { ...kept, state: 'disarmed', mode: undefined, entry: undefined, lateMs: 0, alertedAt };
  }

  /** A command is too old. A disarming that is leaves an alarm that has not come yet behind. */
  refuse(word: string, now: number): void {
    const kept = this.#kept;
    if (word !== 'DISARM') return;
    if (kept.state === 'pending') [kept.state, kept.entry, kept.lateMs] = ['armed', undefined, 0];
    if (kept.state === 'armed' || kept.state === 'triggered') kept.armedSince = now;
  }

  get isConnected(): boolean {
    return this.#kept.cutAt === undefined;
  }

  cut(now: number): void {
    this.#kept.cutAt ??= now;
  }

  /** What waited at the broker is obeyed if it cannot be too old. */
  connect(waited: readonly string[], now: number): void {
    const ageMs = now - (this.#kept.cutAt ?? now);
    for (const word of waited) {
      if (ageMs <= this.#rules.maxAgeMs) this.command(word, now);
      else this.refuse(word, now);
    }
    this.#kept.cutAt = undefined;
  }
}
