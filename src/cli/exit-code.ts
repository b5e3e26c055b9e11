/** What the program ends with, so that scripts and systemd can tell. */
export const EXIT = {
  ok: 0,
  /** It did not work; the message says why. */
  failed: 1,
  /** `check`: works, with faults; `broker-check`: not fit. */
  faults: 2,
  /** EX_USAGE: the command line is off. */
  usage: 64,
  /** EX_NOINPUT: a file cannot be read. */
  noInput: 66,
  /** EX_CONFIG: the configuration has faults, and the service has no last good one; systemd does not restart after it. */
  configuration: 78,
  /** Called off by Ctrl-C, as shells say it. */
  interrupted: 130,
} as const;

/** A command that cannot go on: shown as one message without a stack trace. */
export class CommandError extends Error {
  readonly exitCode: number;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(message: string, exitCode: number = EXIT.failed, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
