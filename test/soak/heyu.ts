/**
 * heyu's engine as far as its log is concerned: it opens the log by name at every message and keeps the old
 * descriptor until the next one (poll.c:234), so that rotations happen under its hands. And the programs that
 * rotate: logrotate in its forms, an owner who deletes.
 */

import * as nodeFiles from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { stampAt } from '../support/house.js';
import type { Meaning, Truth } from './truth.js';

/** What heyu and the programs that rotate need of a file system; the names are those of node:fs. */
export type HeyuFiles = {
  readonly openSync: (path: string, flags: 'a', mode: number) => number;
  readonly closeSync: (fd: number) => void;
  readonly fstatSync: (fd: number) => { readonly size: number };
  readonly writeSync: (fd: number, bytes: Buffer) => number;
  readonly existsSync: (path: string) => boolean;
  readonly readdirSync: (path: string) => readonly string[];
  readonly renameSync: (from: string, to: string) => void;
  readonly copyFileSync: (from: string, to: string) => void;
  readonly truncateSync: (path: string, size: number) => void;
  readonly unlinkSync: (path: string) => void;
  readonly statSync: (path: string) => { readonly atimeMs: number; readonly mtimeMs: number };
  readonly utimesSync: (path: string, atime: number, mtime: number) => void;
  readonly readFileSync: (path: string) => Buffer;
  readonly writeFileSync: (path: string, content: string | Buffer) => void;
};

/** The computer on which heyu runs. */
export type Computer = {
  readonly files: HeyuFiles;
  /** Epoch ms. */
  readonly wallMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly pack: (content: Buffer) => Buffer;
};

const THIS_COMPUTER: Computer = {
  files: nodeFiles,
  wallMs: Date.now,
  pause: (ms) => delay(ms),
  pack: gzipSync,
};

/** A line and what it means. Without a stamp it is the output of a script. */
export type HeyuLine = {
  readonly text: string | Uint8Array;
  readonly hasStamp: boolean;
  readonly meanings: readonly Meaning[];
};

/** How a message is written: at once, in two parts with a pause between (ms), or all of its lines in one write. */
type WriteStyle = { readonly splitMs: number };

export type Rotation = 'rename' | 'create' | 'copytruncate' | 'delete' | 'twice' | 'copytruncate_twice';

/** How rotated files are called: `.1`, `.2` or `-20261122-15300001`. */
export type Naming = 'numbers' | 'dates';

/** heyu at work on one log. */
export type Heyu = {
  /** Writes one message of one or more lines. */
  readonly write: (lines: readonly HeyuLine[], style: WriteStyle) => Promise<void>;
  /** What no message has caused (`Inactive`, output of scripts) goes to the descriptor of the last message. */
  readonly writeLate: (text: string) => void;
  readonly rotate: (rotation: Rotation) => void;
  /** A message is written in two parts, and the second one has not come. */
  readonly isInMessage: () => boolean;
  /** Packs the rotated files but for the newest `but`. */
  readonly pack: (but: number) => void;
  readonly lines: () => number;
};

type Content = { readonly number: number; size: number };

/** Opens nothing yet. `path` exists and is empty, or does not exist. */
export function startHeyu(
  path: string,
  truth: Truth,
  naming: Naming,
  { files, wallMs, pause, pack }: Computer = THIS_COMPUTER,
): Heyu {
  let contents = 0;
  let lines = 0;
  let names = 0;
  let isInMessage = false;
  const newContent = (): Content => ({ number: (contents += 1), size: 0 });
  let current: Content | undefined = files.existsSync(path) ? newContent() : undefined;
  let open: { readonly descriptor: number; readonly content: Content } | undefined;

  const reopen = (): { readonly descriptor: number; readonly content: Content } => {
    if (open !== undefined) files.closeSync(open.descriptor);
    const descriptor = files.openSync(path, 'a', 0o644);
    current ??= newContent();
    const { size } = files.fstatSync(descriptor);
    if (size !== current.size) throw new Error(`the log has ${size} bytes, not ${current.size}`);
    open = { descriptor, content: current };
    return open;
  };

  const write = async (message: readonly HeyuLine[], { splitMs }: WriteStyle): Promise<void> => {
    const { descriptor, content } = reopen();
    const at = Math.floor(wallMs() / 1000) * 1000;
    const parts = message.map(({ text, hasStamp, meanings }) => {
      const stamp = hasStamp ? `${stampAt(at)}  ` : '';
      const bytes = Buffer.concat([Buffer.from(stamp), Buffer.from(text), Buffer.from('\n')]);
      const place = { content: content.number, offset: content.size };
      content.size += bytes.length;
      lines += 1;
      for (const meaning of meanings) truth.note(meaning, place, at);
      return bytes;
    });
    const bytes = Buffer.concat(parts);
    if (splitMs === 0) {
      files.writeSync(descriptor, bytes);
      return;
    }
    const half = Math.max(1, Math.floor(bytes.length / 3));
    files.writeSync(descriptor, bytes.subarray(0, half));
    isInMessage = true;
    await pause(splitMs);
    isInMessage = false;
    files.writeSync(descriptor, bytes.subarray(half));
  };

  const directory = dirname(path);
  const rotatedNames = (): string[] => {
    const begin = basename(path);
    return files.readdirSync(directory).filter((name) => name !== begin && name.startsWith(begin));
  };

  /** The name for the newest rotated file, after the others have made room. */
  const makeRoom = (): string => {
    if (naming === 'dates') {
      names += 1;
      return `${path}-20261122-${String(names).padStart(8, '0')}`;
    }
    const numbered = rotatedNames()
      .map((name) => /\.(\d+)(\.gz)?$/.exec(name))
      .filter((match) => match !== null)
      .map((match) => ({ number: Number(match[1]), packed: match[2] ?? '' }))
      .sort((one, other) => other.number - one.number);
    for (const { number, packed } of numbered) {
      files.renameSync(`${path}.${number}${packed}`, `${path}.${number + 1}${packed}`);
    }
    return `${path}.1`;
  };

  const rotate = (rotation: Rotation): void => {
    switch (rotation) {
      case 'rename':
      case 'create':
        if (!files.existsSync(path)) return;
        files.renameSync(path, makeRoom());
        current = undefined;
        if (rotation === 'create') {
          files.writeFileSync(path, '');
          current = newContent();
        }
        return;
      case 'copytruncate': {
        if (!files.existsSync(path)) return;
        files.copyFileSync(path, makeRoom());
        files.truncateSync(path, 0);
        const isOpen = open?.content === current;
        current = newContent();
        // heyu's descriptor is still good: it appends, unless it is of a file that was renamed before
        if (open !== undefined && isOpen) open = { ...open, content: current };
        return;
      }
      case 'delete':
        if (!files.existsSync(path)) return;
        files.unlinkSync(path);
        current = undefined;
        return;
      case 'twice':
        rotate('create');
        rotate('create');
        return;
      case 'copytruncate_twice':
        rotate('copytruncate');
        rotate('copytruncate');
        return;
    }
  };

  return {
    write,
    writeLate: (text) => {
      if (open === undefined) return;
      const bytes = Buffer.from(`${stampAt(wallMs())}  ${text}\n`);
      // where the last message went, which may be a rotated file by now; it counts for nothing there
      files.writeSync(open.descriptor, bytes);
      open.content.size += bytes.length;
      lines += 1;
    },
    rotate,
    isInMessage: () => isInMessage,
    pack: (but) => {
      const loose = rotatedNames()
        .filter((name) => !name.endsWith('.gz'))
        .sort((one, other) => ageOf(one) - ageOf(other));
      for (const name of loose.slice(but)) {
        const file = join(directory, name);
        const { atimeMs, mtimeMs } = files.statSync(file);
        files.writeFileSync(`${file}.gz.part`, pack(files.readFileSync(file)));
        files.utimesSync(`${file}.gz.part`, atimeMs / 1000, mtimeMs / 1000);
        files.renameSync(`${file}.gz.part`, `${file}.gz`);
        files.unlinkSync(file);
      }
    },
    lines: () => lines,
  };
}

/** The newest first. */
function ageOf(name: string): number {
  const number = Number(/[.-](\d+)$/.exec(name)?.[1] ?? 0);
  return name.includes('-20261122-') ? -number : number;
}
