/** The codes of the zones: a JSON file that only root can read. It contains hashes, not codes. */

import { isObject, objectOf, parseJson, textIn } from '../common/json.js';
import type { Codes, ZoneCodes } from '../ports.js';
import type { Place, Report } from './problem.js';
import { type FileReading, readTextFile, SAVE_AS_UTF8 } from './text-file.js';

/** The text of the file. */
export function writeCodes(codes: Exclude<Codes, 'damaged'>): string {
  return `${JSON.stringify({ version: 1, zones: codes }, undefined, 2)}\n`;
}

/** Reads the text of the file; anything that was not written by us counts as damage. */
export function parseCodes(text: string): Codes {
  const document = parseJson(text);
  if (!isObject(document) || document['version'] !== 1 || !isObject(document['zones'])) return 'damaged';
  const read = Object.entries(document['zones']).map(([zone, value]) => {
    const stored = isObject(value) ? value : {};
    const [salt, hashes] = [textIn(stored, 'salt'), objectOf(stored, 'hashes')];
    const isWhole = isBytes(salt) && Object.values(hashes).every(isBytes) && Object.keys(hashes).length > 0;
    return isWhole ? ([zone, { salt, hashes } as ZoneCodes] as const) : undefined;
  });
  const whole = read.filter((each) => each !== undefined);
  return whole.length === read.length ? Object.fromEntries(whole) : 'damaged';
}

function isBytes(value: unknown): value is string {
  return typeof value === 'string' && /^[\w+/]{16,}={0,2}$/.test(value);
}

/** What follows of codes that cannot be read. */
export const NO_CODES = 'every zone of the bridge asks for a code, and no code is right';
const MEANWHILE = 'keyfobs and sudo heyu2mqtt zone disarm need no code';
/** What to do about a damaged file. */
export const DAMAGED_HINT =
  'restore it from a copy; without one, move it away and add all codes again before the service restarts: ' +
  'a zone without any asks for none';

/** What to do about a file of codes that cannot be read: no person writes it, and no editor can save it otherwise. */
export function hintFor({ missing, problem }: Extract<FileReading, { ok: false }>): string {
  const { file, hint = `ls -l ${file}` } = problem;
  if (missing) return 'sudo heyu2mqtt zone code add writes a new one';
  return hint === SAVE_AS_UTF8 ? DAMAGED_HINT : hint;
}

/** Reads the file, which stands at `path` as `place` says; undefined = there are no codes. What is wrong is a warning. */
export function readCodes(path: string | undefined, place: Place, report: Report): Codes {
  if (path === undefined) return {};
  const reading = readTextFile(path);
  if (!reading.ok) {
    const { problem } = reading.problem;
    report.warn(place, `${path} ${problem}: ${NO_CODES}`, `${hintFor(reading)}; ${MEANWHILE}`);
    return 'damaged';
  }
  const { text, mode } = reading.file;
  // the hash of a short number is found by trying all numbers
  if ((mode & 0o007) !== 0) {
    report.warn(
      place,
      `${path} can be read by all users: ${NO_CODES}`,
      `chmod 600 ${path}, and choose other codes`,
    );
    return 'damaged';
  }
  const codes = parseCodes(text);
  if (codes === 'damaged')
    report.warn(place, `${path} is damaged: ${NO_CODES}`, `${DAMAGED_HINT}; ${MEANWHILE}`);
  return codes;
}
