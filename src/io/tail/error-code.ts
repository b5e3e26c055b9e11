/** What the system says when something fails, in its own words. */

/** The code of an error of the system (`ENOENT`), or `UNKNOWN`. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
