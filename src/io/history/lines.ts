/** The lines of the followed log and of the journal, of a window of time: from rotated and packed files, too. */

import { orElse } from '../../common/error.js';
import { DAY } from '../../common/duration.js';
import type { Stamp, StampClock } from '../../heyu/stamp.js';
import { logFileSystem } from '../file-system.js';
import { BLOCK_BYTES, openSource, type ByteSource } from '../tail/content.js';
import { holdLog, isMissing, letGo, type HeldSibling } from '../tail/siblings.js';

/** Lines that were read at once, in their order. Instants are epoch ms. */
export type Lines = Beginning & { readonly texts: readonly string[] };

/** Where reading begins in a file, an instant near its first stamp there, and when the file was written last. */
type Beginning = { readonly offset: number; readonly near: number; readonly writtenAt: number };

/** The instant of a stamp of a file: no line is younger than the file, however long it took to write it. */
export function instantOf(
  stamp: Stamp,
  { near, writtenAt }: Omit<Beginning, 'offset'>,
  stamps: StampClock,
): number {
  const at = stamps.instantNear(stamp, near);
  if (at <= writtenAt + DAY) return at;
  return stamps.instantInYear(stamp, new Date(at + stamps.zone.offsetMs(at)).getUTCFullYear() - 1);
}

/** From file to file the clock of a file system may differ so much from heyu's, ms. */
const SLACK_MS = 60_000;

/** How far apart it is looked where a window begins: a log of a year has 200 such steps. */
const STEP_BYTES = 256 * 1024;
const LOOK_BYTES = 4096;

/**
 * The lines of a log from `from` (epoch ms) or some earlier ones on, to its end. A file that cannot be read, or is
 * damaged, is told to `missing`.
 */
export async function* logLines(
  path: string,
  from: number,
  stamps: StampClock,
  missing: (words: string) => void,
): AsyncGenerator<Lines> {
  // a copy under another name says everything twice
  const { held, current } = holdLog({ path, files: logFileSystem }, (all) =>
    all.filter(({ isCounted, modifiedAt }) => isCounted && modifiedAt >= from - SLACK_MS),
  );
  try {
    let endedAt: number | undefined;
    for (const sibling of held) {
      yield* linesFrom(sibling.source, beginningIn(sibling, from, stamps, endedAt));
      if (sibling.source.isDamaged?.() === true) missing(`${sibling.path} is damaged`);
      endedAt = sibling.modifiedAt;
    }
    if ('failure' in current) {
      missing(`${path} cannot be read (${current.failure})`);
      return;
    }
    const { size = 0, mtimeMs = from } = current.stats() ?? {};
    yield* linesFrom(current, startOf(current, { size, modifiedAt: mtimeMs }, from, stamps));
  } finally {
    letGo(held);
    if (!('failure' in current)) current.close();
  }
}

function beginningIn(
  { source, isPacked, size, modifiedAt }: HeldSibling,
  from: number,
  stamps: StampClock,
  endedAt: number | undefined,
): Beginning {
  // what is packed can be read from its beginning only
  if (isPacked) return { offset: 0, near: endedAt ?? modifiedAt, writtenAt: modifiedAt };
  return startOf(source, { size, modifiedAt }, from, stamps);
}

/** Goes back from the end of a file step by step, until a line is older than `from`. */
function startOf(
  source: ByteSource,
  { size, modifiedAt }: { readonly size: number; readonly modifiedAt: number },
  from: number,
  stamps: StampClock,
): Beginning {
  let near = modifiedAt;
  const block = Buffer.alloc(LOOK_BYTES);
  for (let offset = size - STEP_BYTES; offset > 0; offset -= STEP_BYTES) {
    const length = orElse(() => source.read(block, LOOK_BYTES, offset), 0);
    const text = block.toString('latin1', 0, length);
    // the first line is a part of one
    for (let at = text.indexOf('\n') + 1; at > 0; at = text.indexOf('\n', at) + 1) {
      const stamp = stamps.read(text.slice(at, at + 80));
      if (stamp === undefined) continue;
      near = instantOf(stamp, { near, writtenAt: modifiedAt }, stamps);
      if (near < from) return { offset: offset + at, near, writtenAt: modifiedAt };
      break;
    }
  }
  return { offset: 0, near, writtenAt: modifiedAt };
}

/** The lines of a file, as its bytes (latin1), and how many bytes each block had. Half a line at its end is left out. */
async function* linesFrom(source: ByteSource, { offset, ...when }: Beginning): AsyncGenerator<Lines> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let begun = '';
  for (let at = offset; ;) {
    await source.prepare?.(at, BLOCK_BYTES);
    const length = source.read(block, BLOCK_BYTES, at);
    if (length === 0) return;
    at += length;
    const texts = block.toString('latin1', 0, length).split('\n');
    texts[0] = begun + (texts[0] ?? '');
    begun = texts.pop() ?? '';
    if (begun.length > LONGEST_LINE) begun = begun.slice(0, LONGEST_LINE);
    yield { texts, offset, ...when };
  }
}

/** heyu writes no such line. */
const LONGEST_LINE = 65_536;

/** The lines of a plain file; none where there is no such file. One that cannot be read is told to `missing`. */
export async function* fileLines(
  path: string,
  missing: (words: string) => void,
): AsyncGenerator<readonly string[]> {
  const source = openSource(logFileSystem, path);
  if ('failure' in source) {
    if (!isMissing(source.failure)) missing(`${path} cannot be read (${source.failure})`);
    return;
  }
  try {
    for await (const { texts } of linesFrom(source, { offset: 0, near: 0, writtenAt: 0 })) yield texts;
  } finally {
    source.close();
  }
}

/** The text of a line that was read as its bytes, without the carriage returns at its end. */
export function textOf(line: string): string {
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  return Buffer.from(line, 'latin1').toString('utf8').replace(/\r+$/, '');
}
