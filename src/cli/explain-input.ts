/** The logs that `explain` is given: files, packed ones, pipes and standard input. */

import { createReadStream, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { readStamp, type StampForm } from '../heyu/stamp.js';
import { timeZone } from '../heyu/time-zone.js';
import { CommandError, EXIT } from './exit-code.js';

const BLOCK_BYTES = 256 * 1024;

/** Opens a log, or says why not. */
function open(log: string): number {
  try {
    const file = openSync(log, 'r');
    if (fstatSync(file).isDirectory()) throw new CommandError(`${log}: is a directory`, EXIT.noInput);
    return file;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read' : code;
    throw new CommandError(`${log}: ${why}`, EXIT.noInput);
  }
}

/** What is in a log, unpacked when it is gzip, as logrotate leaves old ones behind. */
function inputOf(log: string): Readable {
  if (log === '-') return process.stdin;
  const fd = open(log);
  const start = Buffer.alloc(2);
  // a pipe can be read once only, and nobody packs one
  const isPacked =
    fstatSync(fd).isFile() && readSync(fd, start, 0, 2, 0) === 2 && start.readUInt16BE() === 0x1f8b;
  if (!isPacked) return createReadStream('', { fd, highWaterMark: BLOCK_BYTES });
  try {
    return Readable.from([gunzipSync(readFileSync(fd))], { objectMode: false });
  } catch {
    throw new CommandError(`${log}: is a damaged gzip file`, EXIT.noInput);
  }
}

/**
 * The lines of a log as latin1, so that bytes and offsets are the same, without their line feeds: those of each block
 * that is read. Nothing else ends a line, as in the service: scripts write carriage returns. A log that cannot be read
 * is an error.
 */
export async function* linesOf(log: string): AsyncGenerator<readonly string[]> {
  const input = inputOf(log);
  input.setEncoding('latin1');
  let begun = '';
  for await (const block of input as AsyncIterable<string>) {
    const lines = block.split('\n');
    lines[0] = begun + (lines[0] ?? '');
    begun = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  if (begun !== '') yield [begun];
}

/**
 * The year of the first line: that of the first file's date, less one for each New Year between the file's
 * first line and its end. Standard input and pipes have no date, and can be read once only: this year.
 */
export async function yearOf(logs: readonly string[], form: StampForm): Promise<number> {
  const [first = '-'] = logs;
  const status = first === '-' ? undefined : statSync(first, { throwIfNoEntry: false });
  if (status?.isFile() !== true) return new Date().getFullYear();
  const zone = timeZone(form.timeZone);
  const { mtimeMs } = status;
  let year = new Date(mtimeMs + zone.offsetMs(mtimeMs)).getUTCFullYear();
  let before = 0;
  for await (const lines of linesOf(first)) {
    for (const line of lines) {
      const stamp = readStamp(line, form.order);
      if (stamp === undefined || stamp.unixMs !== undefined || stamp.year !== 0) continue;
      // half a year back is New Year, a little back is a script or a clock that was set
      if (before - stamp.month > 6) year -= 1;
      before = stamp.month;
    }
  }
  return year;
}
