/** Instants as people read them: in the time zone of the house, in the language of the browser's user. */

const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How long ago it was, in the largest unit that says enough; `never` for null. */
export function ago(iso: string | null, now: number): string {
  if (iso === null) return 'never';
  const ms = Math.max(0, now - Date.parse(iso));
  if (ms < 10 * SECOND) return 'just now';
  if (ms < MINUTE) return `${Math.floor(ms / SECOND / 10) * 10} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  return ms < 2 * DAY ? `${Math.floor(ms / HOUR)} h ago` : `${Math.floor(ms / DAY)} days ago`;
}

/** A time zone. All instants are epoch ms. */
export class HouseTime {
  readonly #local: Intl.DateTimeFormat;
  readonly #minute: Intl.DateTimeFormat;
  readonly #second: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #shortDay: Intl.DateTimeFormat;

  /** @param timeZone an IANA name. */
  constructor(timeZone: string) {
    const time = { hour: '2-digit', minute: '2-digit' } as const;
    this.#minute = new Intl.DateTimeFormat(undefined, { ...time, timeZone });
    this.#second = new Intl.DateTimeFormat(undefined, { ...time, second: '2-digit', timeZone });
    const day = { weekday: 'short', day: 'numeric', timeZone } as const;
    this.#day = new Intl.DateTimeFormat(undefined, { ...day, month: 'short' });
    this.#shortDay = new Intl.DateTimeFormat(undefined, day);
    // writes 2026-11-26 02:05:03
    this.#local = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  }

  /** 14:02 */
  readonly minute = (at: number): string => this.#minute.format(at);

  /** 14:02:27 */
  readonly second = (at: number): string => this.#second.format(at);

  /** Thu, 26 Nov */
  readonly day = (at: number): string => this.#day.format(at);

  /** Thu 26 */
  readonly shortDay = (at: number): string => this.#shortDay.format(at);

  /** The time, with the day before it when that is not today. */
  readonly when = (at: number, now: number): string =>
    this.date(at) === this.date(now) ? this.minute(at) : `${this.day(at)}, ${this.minute(at)}`;

  /** 2026-11-26 */
  readonly date = (at: number): string => this.#local.format(at).slice(0, 10);

  /** 02:05 */
  readonly time = (at: number): string => this.#local.format(at).slice(11, 16);

  /** What local time is ahead of UTC, ms. */
  readonly offset = (at: number): number =>
    Date.parse(`${this.#local.format(at).replace(' ', 'T')}Z`) - Math.floor(at / SECOND) * SECOND;

  /** The instant of a local date and time; NaN where they are none. */
  readonly instant = (date: string, time: string): number => {
    const local = Date.parse(`${date}T${time}:00Z`);
    if (Number.isNaN(local)) return local;
    return local - this.offset(local - this.offset(local));
  };
}
