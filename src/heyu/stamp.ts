/** How heyu writes the stamps of its log (directives DATE_FORMAT, LOGDATE_YEAR, LOGDATE_UNIX). */
export type StampForm = {
  /** Order of day and month; a four-digit year is recognised by itself. Default in heyu: YMD. */
  readonly order: 'YMD' | 'DMY' | 'MDY';
  /** IANA name of the time zone in which the engine runs, e.g. "Europe/Berlin". */
  readonly timeZone: string;
};
