/** The logs that `explain` is given: files, packed ones, pipes and standard input. */

import { createReadStream, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { readStamp, type StampForm } from '../heyu/stamp.js';
import { timeZone } from '../heyu/time-zone.js';
import { CommandError, EXIT } from './exit-code.js';

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
  if (!isPacked) return createReadStream('', { fd });
  try {
    return Readable.from([gunzipSync(readFileSync(fd))], { objectMode: false });
  } catch {
    throw new CommandError(`${log}: is a damaged gzip file`, EXIT.noInput);
  }
}

/**
 * The lines of a log as latin1, so that bytes and offsets are the same, without their line feeds. Nothing else ends a
 * line, as in the service: scripts write carriage returns. A log that cannot be read is an error.
 */
export async function* linesOf(log: string): AsyncGenerator<string> {
  const input = inputOf(log);
  input.setEncoding('latin1');
  let begun: string[] = [];
  for await (const block of input as AsyncIterable<string>) {
    let from = 0;
    for (let end = block.indexOf('\n'); end >= 0; end = block.indexOf('\n', from)) {
      const rest = block.slice(from, end);
      yield begun.length === 0 ? rest : begun.join('') + rest;
      begun = [];
      from = end + 1;
    }
    if (from < block.length) begun.push(block.slice(from));
  }
  if (begun.length > 0) yield begun.join('');
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
  for await (const line of linesOf(first)) {
    const stamp = readStamp(line, form.order);
    if (stamp === undefined || stamp.unixMs !== undefined || stamp.year !== 0) continue;
    // half a year back is New Year, a little back is a script or a clock that was set
    if (before - stamp.month > 6) year -= 1;
    before = stamp.month;
  }
  return year;
}
