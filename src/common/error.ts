/** The parts of an error: its code, its text, and what to do about it. */

/** The code that the system gave an error (`ENOENT`; of several attempts, that of the last), or `UNKNOWN`. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError) return errorCode(error.errors.at(-1));
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

/** The words of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What `act` gives, or `otherwise` when it throws: for what may fail and need not be told to anybody. */
export function orElse<Result, Otherwise>(act: () => Result, otherwise: Otherwise): Result | Otherwise {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

/** Why something was not done, and what to do about it. */
export type Refusal = { readonly ok: false; readonly problem: string; readonly hint: string | undefined };

/** It was not done. */
export function refused(problem: string, hint?: string): Refusal {
  return { ok: false, problem, hint };
}

/** Parts `it is so. hint: do this`, as a log shows a problem in one line, into what is wrong and what to do. */
export function problemIn(text: string): { readonly problem: string; readonly hint: string | undefined } {
  const [problem = '', hint] = text.split(/\.? hint: /);
  return { problem, hint };
}

/** The line of a hint, below what it is about; nothing where there is none. */
export function hintLine(hint: string | undefined): string {
  return hint === undefined ? '' : `\n  hint: ${hint}`;
}
