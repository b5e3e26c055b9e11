/**
 * The bytes of a log that logrotate has compressed, as if it were not. It is read forwards, block by block: of the
 * unpacked text only a window is held, whatever the size of the file.
 */
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { openSource, type ByteSource, type OpenFailure } from './byte-source.js';

const BLOCK_BYTES = 64 * 1024;

/** Opens a gzip file for reading its content. Reading before the window starts again from the beginning. */
export function openGzipSource(path: string): ByteSource | OpenFailure {
  const packed = openSource(path);
  if ('failure' in packed) return packed;
  // nothing is unpacked before it is asked for: many are opened only to be held
  let unpacking: Readable | undefined;
  let blocks: AsyncIterator<unknown> | undefined;
  let held: Buffer = Buffer.alloc(0);
  let heldFrom = 0;
  let isAtEnd = false;
  let isDamaged = false;

  const restart = (): void => {
    unpacking?.destroy();
    blocks = undefined;
    held = Buffer.alloc(0);
    heldFrom = 0;
    isAtEnd = false;
  };

  const takeBlock = async (): Promise<void> => {
    try {
      if (blocks === undefined) {
        unpacking = unpack(packed);
        blocks = unpacking[Symbol.asyncIterator]();
      }
      const block = await blocks.next();
      if (block.done === true) isAtEnd = true;
      else held = Buffer.concat([held, block.value as Buffer]);
    } catch {
      isAtEnd = true;
      isDamaged = true;
    }
  };

  const dropBefore = (position: number): void => {
    const surplus = Math.min(position - heldFrom, held.length);
    if (surplus <= 0) return;
    held = held.subarray(surplus);
    heldFrom += surplus;
  };

  return {
    device: packed.device,
    inode: packed.inode,
    fd: undefined,
    prepare: async (position, length) => {
      if (position < heldFrom) restart();
      dropBefore(position);
      while (!isAtEnd && heldFrom + held.length < position + length) {
        await takeBlock();
        dropBefore(position);
      }
    },
    read: (into, length, position) => {
      const start = position - heldFrom;
      if (start < 0 || start >= held.length) return 0;
      return held.copy(into, 0, start, Math.min(held.length, start + length));
    },
    close: () => {
      unpacking?.destroy();
      packed.close();
    },
    isDamaged: () => isDamaged,
  };
}

/** Errors show where the blocks are taken; the callback only keeps them from being thrown at the process. */
function unpack(packed: ByteSource): Readable {
  const gunzip = createGunzip();
  pipeline(Readable.from(packedBlocks(packed)), gunzip, () => undefined);
  return gunzip;
}

function* packedBlocks(packed: ByteSource): Generator<Buffer, void, void> {
  for (let position = 0; ;) {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    const length = packed.read(block, BLOCK_BYTES, position);
    if (length === 0) return;
    position += length;
    yield block.subarray(0, length);
  }
}
