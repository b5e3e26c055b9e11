import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FilePosition, LogLine, LogPosition } from '../../../src/ports.js';
import { until } from '../../support/until.js';
import { follow, inotifyOnly, ownDirectory, timerOnly, type Followed } from './followed.js';
import { fc } from '../../support/property.js';

/** What may happen to a log and to the bridge. */
type Event =
  | { readonly kind: 'write'; readonly lines: number }
  | { readonly kind: 'write in halves'; readonly cut: number }
  | { readonly kind: 'rename'; readonly creates: boolean }
  | { readonly kind: 'copy and truncate' }
  | { readonly kind: 'delete' }
  | { readonly kind: 'write late' }
  | { readonly kind: 'compress' }
  /** All rotated files but the newest `but`, as logrotate does after a night without the bridge. */
  | { readonly kind: 'compress all'; readonly but: number }
  | { readonly kind: 'rename twice' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | {
      readonly kind: 'restart';
      readonly crashed: boolean;
      readonly back: number;
      readonly meanwhile: number;
      /** Packs all rotated files, in the end but for the newest `but`. */
      readonly packs: boolean;
      readonly but: number;
    }
  | { readonly kind: 'wait'; readonly forAll: boolean };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('write' as const), lines: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('write in halves' as const), cut: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('rename' as const), creates: fc.boolean() }) },
  { weight: 3, arbitrary: fc.constant<Event>({ kind: 'copy and truncate' }) },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: 'delete' }) },
  { weight: 2, arbitrary: fc.constant<Event>({ kind: 'write late' }) },
  { weight: 2, arbitrary: fc.constant<Event>({ kind: 'compress' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compress all' as const), but: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: 'rename twice' }) },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: 'pause' }) },
  { weight: 2, arbitrary: fc.constant<Event>({ kind: 'resume' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('restart' as const),
      crashed: fc.boolean(),
      // so many checkpoints before the last one: what came after it was still in flight
      back: fc.nat(40),
      meanwhile: fc.integer({ min: 0, max: 3 }),
      packs: fc.boolean(),
      but: fc.nat(2),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), forAll: fc.boolean() }) },
);

/** File times are those of the last tick of the kernel, which a busy machine has late: nothing restarts within one. */
async function nextTick(): Promise<void> {
  const at = Date.now();
  const directory = ownDirectory();
  let files = 0;
  // a new file has the time of the tick, one that was looked at may have a finer one
  await until(() => {
    const path = join(directory, String((files += 1)));
    writeFileSync(path, '');
    return statSync(path).mtimeMs > at;
  });
}

/** A log, what heyu and logrotate do to it, and what the bridge must have read in the end. */
class House {
  /** The lines of each file, in the order in which the files were begun. */
  readonly written: string[][] = [[]];
  readonly late: string[][] = [[]];
  readonly received: LogLine[] = [];
  private readonly log = join(ownDirectory(), 'heyu.log.ttyS0');
  private count = 0;
  private rotated = 0;
  private oldFile: { readonly fd: number; readonly index: number } | undefined;
  /** A late line went to a file that was empty. */
  private isLateInEmpty = false;
  private followed: Followed | undefined;
  private isPaused = false;
  /** What could be on disk, the newest last. */
  private checkpoints: { position: LogPosition; generations: FilePosition[] }[] = [];

  private readonly options: object;
  /** After so many lines what was read until then counts as settled. */
  private readonly settlesEvery: number;

  constructor(options: object, settlesEvery: number) {
    this.options = options;
    this.settlesEvery = settlesEvery;
    writeFileSync(this.log, '');
  }

  async start(): Promise<void> {
    const { options, received } = this;
    const checkpoint = this.checkpoints.at(-1);
    let lines = 0;
    this.followed = await follow(this.log, {
      ...options,
      ...checkpoint,
      onGeneration: (file) => {
        for (const each of this.checkpoints) {
          const at = each.generations.findIndex(({ generation }) => generation === file.generation);
          if (at < 0) each.generations.push(file);
          else each.generations[at] = file;
        }
      },
      onLine: (line, source) => {
        received.push(line);
        lines += 1;
        if (lines % this.settlesEvery === 0) this.settled(source.position());
      },
    });
    if (this.checkpoints.length === 0) this.settled(this.followed.source.position());
  }

  /** What an earlier run had begun and this one has not come to yet stays known (service/checkpoint.ts). */
  private settled(position: LogPosition): void {
    const known = new Set(position.files.map(({ generation }) => generation));
    const before = this.checkpoints.at(-1)?.generations ?? [];
    const last = before.findLastIndex(({ generation }) => known.has(generation));
    this.checkpoints.push({ position, generations: before.slice(last + 1) });
  }

  private line(): string {
    this.count += 1;
    return `11/22 15:38:42  rcvi func On : hc A (line ${this.count}, long enough to be told from others)`;
  }

  private append(bytes: string): void {
    appendFileSync(this.log, bytes);
  }

  private note(line: string): void {
    this.written.at(-1)?.push(line);
  }

  private async allIsRead(): Promise<void> {
    if (this.isPaused) this.followed?.source.resume();
    this.isPaused = false;
    const expected = [...this.written, ...this.late].flat();
    const texts = (): Set<string> => new Set(this.received.map((line) => line.text));
    await until(
      () => {
        if (this.received.length < expected.length) return false;
        const have = texts();
        return expected.every((line) => have.has(line));
      },
      () => `missing ${JSON.stringify(expected.filter((line) => !texts().has(line)))}`,
      5000,
    );
    await this.followed?.settles();
  }

  private rotateNumbers(): void {
    for (let number = this.rotated; number >= 1; number -= 1) {
      for (const suffix of ['', '.gz']) {
        const from = `${this.log}.${number}${suffix}`;
        if (existsSync(from)) renameSync(from, `${this.log}.${number + 1}${suffix}`);
      }
    }
    this.rotated += 1;
  }

  private pack(number: number): void {
    const path = `${this.log}.${number}`;
    if (!existsSync(path)) return;
    const { atime, mtime } = statSync(path);
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    utimesSync(`${path}.gz`, atime, mtime);
    rmSync(path);
  }

  private next(): void {
    this.written.push([]);
    this.late.push([]);
  }

  private closeOld(): void {
    if (this.oldFile !== undefined) closeSync(this.oldFile.fd);
    this.oldFile = undefined;
  }

  private keepOld(): void {
    this.closeOld();
    this.oldFile = { fd: openSync(this.log, 'a'), index: this.written.length - 1 };
  }

  private act(event: Event): void {
    switch (event.kind) {
      case 'write': {
        const lines = Array.from({ length: event.lines }, () => this.line());
        for (const line of lines) this.note(line);
        this.append(`${lines.join('\n')}\n`);
        return;
      }
      case 'write in halves': {
        const line = this.line();
        this.note(line);
        this.append(line.slice(0, event.cut));
        this.append(line.slice(event.cut));
        this.append('\n');
        return;
      }
      case 'rename':
        if (!existsSync(this.log)) return;
        this.keepOld();
        this.rotateNumbers();
        renameSync(this.log, `${this.log}.1`);
        this.next();
        if (event.creates) writeFileSync(this.log, '');
        return;
      case 'copy and truncate':
        if (!existsSync(this.log)) return;
        this.rotateNumbers();
        copyFileSync(this.log, `${this.log}.1`);
        truncateSync(this.log);
        this.next();
        return;
      case 'delete':
        rmSync(this.log, { force: true });
        this.next();
        return;
      case 'write late': {
        if (this.oldFile === undefined) return;
        this.isLateInEmpty ||= fstatSync(this.oldFile.fd).size === 0;
        const line = this.line();
        this.late[this.oldFile.index]?.push(line);
        writeSync(this.oldFile.fd, `${line}\n`);
        return;
      }
      case 'compress': {
        this.pack(Math.max(3, this.rotated));
        return;
      }
      case 'compress all':
        this.closeOld();
        for (let number = 1 + event.but; number <= this.rotated; number += 1) this.pack(number);
        return;
      case 'rename twice':
        this.act({ kind: 'rename', creates: true });
        this.act({ kind: 'rename', creates: true });
        return;
      default:
        return;
    }
  }

  async happens(event: Event): Promise<void> {
    switch (event.kind) {
      case 'pause':
        this.isPaused = true;
        this.followed?.source.pause();
        return;
      case 'resume':
        this.isPaused = false;
        this.followed?.source.resume();
        return;
      case 'wait':
        if (event.forAll) await this.allIsRead();
        else await new Promise((resolve) => setTimeout(resolve, 3));
        return;
      case 'restart': {
        this.closeOld();
        // nothing recognises an empty file once it was packed: what is unread in it then is lost
        if (event.packs && this.isLateInEmpty) await this.allIsRead();
        const position = this.followed?.source.position();
        await this.followed?.stop();
        await nextTick();
        if (!event.crashed && position !== undefined) this.settled(position);
        else this.checkpoints.splice(Math.max(1, this.checkpoints.length - event.back));
        for (let round = 0; round < event.meanwhile; round += 1) {
          this.act({ kind: 'write', lines: 3 });
          if (event.packs) this.act({ kind: 'compress all', but: 0 });
          this.act({ kind: 'rename', creates: round % 2 === 0 });
          if (event.packs && round > 0) this.act({ kind: 'rename twice' });
          this.act({ kind: 'write', lines: 2 });
        }
        this.closeOld();
        if (event.packs) this.act({ kind: 'compress all', but: event.but });
        this.isPaused = false;
        await this.start();
        return;
      }
      case 'copy and truncate':
        this.act(event);
        // a packed file is known by the time of its last write, which no other one has then
        await nextTick();
        return;
      case 'delete':
        await this.allIsRead();
        this.closeOld();
        this.act(event);
        return;
      default:
        this.act(event);
    }
  }

  async settles(): Promise<void> {
    await this.allIsRead();
    await this.followed?.stop();
    this.closeOld();
  }
}

/** Every line once, whatever was read twice: by its id, which must mean the same line each time. */
function once(received: readonly LogLine[]): LogLine[] {
  const byId = new Map<string, LogLine>();
  for (const line of received) {
    const id = `${line.generation}+${line.offset}`;
    const before = byId.get(id);
    expect(before?.text ?? line.text).toBe(line.text);
    if (before === undefined) byId.set(id, line);
  }
  return [...byId.values()];
}

/** Sequences that went wrong once, with the lines between two checkpoints: files that are packed while they are read. */
const WENT_WRONG: [Event[], number][] = [
  [
    [
      { kind: 'rename', creates: false },
      { kind: 'write', lines: 20 },
      { kind: 'copy and truncate' },
      { kind: 'copy and truncate' },
      { kind: 'write late' },
      { kind: 'compress' },
    ],
    1,
  ],
  [
    [
      { kind: 'write', lines: 4 },
      { kind: 'rename twice' },
      { kind: 'write late' },
      { kind: 'write', lines: 6 },
      { kind: 'write in halves', cut: 3 },
      { kind: 'rename', creates: true },
      { kind: 'compress all', but: 0 },
      { kind: 'rename', creates: false },
      { kind: 'write late' },
    ],
    10,
  ],
  [
    [
      { kind: 'restart', crashed: true, back: 0, meanwhile: 3, packs: true, but: 1 },
      { kind: 'copy and truncate' },
      { kind: 'rename', creates: true },
      { kind: 'write late' },
      { kind: 'write late' },
      { kind: 'compress all', but: 0 },
      { kind: 'wait', forAll: false },
      { kind: 'rename twice' },
      { kind: 'wait', forAll: false },
    ],
    9,
  ],
  [
    [
      { kind: 'wait', forAll: false },
      { kind: 'write', lines: 2 },
      { kind: 'copy and truncate' },
      { kind: 'compress' },
      { kind: 'restart', crashed: true, back: 1, meanwhile: 3, packs: true, but: 1 },
      { kind: 'write', lines: 6 },
      { kind: 'copy and truncate' },
      { kind: 'rename', creates: false },
    ],
    5,
  ],
  [
    [
      { kind: 'restart', crashed: false, back: 0, meanwhile: 2, packs: true, but: 1 },
      { kind: 'copy and truncate' },
      { kind: 'rename', creates: false },
      { kind: 'wait', forAll: true },
    ],
    10,
  ],
  [
    [
      { kind: 'write', lines: 4 },
      { kind: 'copy and truncate' },
      { kind: 'rename', creates: false },
      { kind: 'compress' },
      { kind: 'delete' },
      { kind: 'restart', crashed: false, back: 0, meanwhile: 1, packs: true, but: 1 },
    ],
    1,
  ],
  [
    [
      { kind: 'write', lines: 1 },
      { kind: 'rename', creates: false },
      { kind: 'restart', crashed: true, back: 3, meanwhile: 0, packs: true, but: 0 },
      { kind: 'restart', crashed: false, back: 0, meanwhile: 1, packs: true, but: 1 },
      { kind: 'write', lines: 1 },
    ],
    16,
  ],
  [
    // the position is of an empty file, all that came after it is packed, and the log is gone
    [
      { kind: 'rename twice' },
      { kind: 'wait', forAll: true },
      { kind: 'write in halves', cut: 6 },
      { kind: 'rename', creates: false },
      { kind: 'compress all', but: 2 },
      { kind: 'restart', crashed: true, back: 13, meanwhile: 0, packs: true, but: 0 },
      { kind: 'wait', forAll: true },
    ],
    1,
  ],
];

describe.each([
  { how: 'inotify alone', options: inotifyOnly, runs: 60 },
  { how: 'the timer alone', options: timerOnly, runs: 30 },
  { how: 'inotify, and waits for late lines', options: { ...inotifyOnly, settleMs: 40 }, runs: 30 },
])('whatever happens to a log that is followed by $how', ({ options, runs }) => {
  it('every line is read once and in order within its file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 25 }),
        fc.integer({ min: 1, max: 17 }),
        async (events, every) => {
          const house = new House(options, every);
          await house.start();
          for (const next of events) await house.happens(next);
          await house.settles();
          const lines = once(house.received);
          const late = new Set(house.late.flat());
          expect(lines.filter(({ text }) => !late.has(text)).map(({ text }) => text)).toEqual(
            house.written.flat(),
          );
          for (const expected of house.late) {
            const own = new Set(expected);
            expect(lines.filter(({ text }) => own.has(text)).map(({ text }) => text)).toEqual(expected);
          }
          for (const line of lines) expect(line.notBefore).toBeLessThanOrEqual(line.readAt);
        },
      ),
      { numRuns: runs, endOnFailure: true, examples: WENT_WRONG },
    );
  });
});
