import {
  appendFileSync,
  closeSync,
  openSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.js';
import { realClock } from '../../support/clock.js';
import { follow, ownDirectory, write } from './followed.js';
import { fc, runs } from '../../support/property.js';

function ownLog(): string {
  return join(ownDirectory(), 'heyu.log.ttyS0');
}

describe('the lines of a log', () => {
  it('come one by one, each as soon as it is written, also two in quick succession', async () => {
    const log = ownLog();
    writeFileSync(log, '');
    const followed = await follow(log);
    const expected: string[] = [];
    for (let pair = 0; pair < 40; pair += 1) {
      expected.push(`addr ${pair}`, `func ${pair}`);
      write(log, `addr ${pair}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      write(log, `func ${pair}`);
      await until(() => followed.lines.length === expected.length, 'the second line of a pair');
    }
    await followed.expects(expected);
    expect(followed.source.missedRings()).toBe(0);
  });

  it('come all and in order out of a burst', async () => {
    const log = ownLog();
    writeFileSync(log, '');
    const followed = await follow(log);
    const expected = Array.from({ length: 500 }, (_, index) => `line ${index}`);
    for (const text of expected) write(log, text);
    await followed.expects(expected);
  });

  it.each([
    { name: 'a carriage return before its end', bytes: 'one\r\n', texts: ['one'] },
    { name: 'a carriage return within', bytes: 'o\rne\n', texts: ['o\rne'] },
    { name: 'NUL bytes before it', bytes: '\0\0\0one\n', texts: ['one'] },
    { name: 'NUL bytes within', bytes: 'o\0ne\n', texts: ['o\0ne'] },
    { name: 'nothing in it', bytes: '\n\none\n', texts: ['', '', 'one'] },
    { name: 'UTF-8', bytes: 'Flur ä€😀\n', texts: ['Flur ä€😀'] },
    { name: 'a byte order mark', bytes: '\u{feff}one\n', texts: ['\u{feff}one'] },
    { name: 'no UTF-8', bytes: Buffer.from([0x6f, 0xff, 0xc3, 0x0a]), texts: ['o��'] },
    { name: '16384 bytes', bytes: `${'x'.repeat(16_383)}\n`, texts: ['x'.repeat(16_383)] },
  ])('may have $name', async ({ bytes, texts }) => {
    const log = ownLog();
    writeFileSync(log, '');
    const followed = await follow(log);
    appendFileSync(log, bytes);
    write(log, 'after');
    await followed.expects([...texts, 'after']);
  });

  it('are decoded as the encoding standard says, whatever their bytes and wherever they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 60 }),
            fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
          ),
          {
            maxLength: 8,
          },
        ),
        fc.integer({ min: 1, max: 20 }),
        async (parts, cut) => {
          const log = ownLog();
          writeFileSync(log, '');
          const followed = await follow(log);
          const bytes = Buffer.concat([...parts, Buffer.from('\n')]);
          const out = openSync(log, 'a');
          for (let at = 0; at < bytes.length; at += cut) writeSync(out, bytes.subarray(at, at + cut));
          closeSync(out);
          const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
          const expected = splitAtLineFeeds(bytes).map((line) =>
            decoder.decode(line).replace(/^\0+|\r+$/g, ''),
          );
          await followed.expects(expected);
          await followed.stop();
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it('wait until they are complete', async () => {
    const log = ownLog();
    writeFileSync(log, '');
    const followed = await follow(log);
    appendFileSync(log, 'rcvi addr u');
    await followed.expects([]);
    appendFileSync(log, 'nit 3');
    await followed.expects([]);
    appendFileSync(log, '\nrcvi');
    await followed.expects(['rcvi addr unit 3']);
    appendFileSync(log, ' func\n');
    await followed.expects(['rcvi addr unit 3', 'rcvi func']);
  });

  it('are skipped and reported once when they are too long, whatever their length', async () => {
    const log = ownLog();
    writeFileSync(log, '');
    const followed = await follow(log);
    write(log, 'one', 'x'.repeat(16_384), 'two');
    await followed.expects(['one', 'two']);
    const out = openSync(log, 'a');
    const block = 'y'.repeat(1024 * 1024);
    for (let blocks = 0; blocks < 10; blocks += 1) writeSync(out, block);
    await followed.settles();
    expect(followed.incidentKinds()).toEqual(['line_too_long']);
    const [file] = followed.source.position().files;
    expect(file?.offset).toBe(Buffer.byteLength(`one\n${'x'.repeat(16_384)}\ntwo\n`));
    expect(Buffer.from(file?.mark ?? '', 'base64').toString()).toMatch(/x\ntwo\n$/);
    writeSync(out, '\nthree\n');
    closeSync(out);
    await followed.expects(['one', 'two', 'three']);
    expect(followed.incidents).toEqual([
      { kind: 'line_too_long', path: log, bytes: 16_385 },
      { kind: 'line_too_long', path: log, bytes: 10 * 1024 * 1024 + 1 },
    ]);
  });

  it('after a file was truncated within a line too long come all the same', async () => {
    const log = ownLog();
    writeFileSync(log, '');
    const followed = await follow(log);
    write(log, 'one');
    appendFileSync(log, 'y'.repeat(200_000));
    await followed.settles();
    truncateSync(log);
    write(log, 'two');
    await followed.expects(['one', 'two']);
  });

  it('tell where they are and between which instants they were written', async () => {
    const log = ownLog();
    writeFileSync(log, '');
    const startedAt = Date.now();
    const followed = await follow(log);
    const writtenAt = Date.now();
    write(log, 'one');
    appendFileSync(log, '\0\0three\n');
    await followed.expects(['one', 'three']);
    expect(followed.lines.map((line) => line.offset)).toEqual([0, 6]);
    for (const line of followed.lines) {
      expect(line.notBefore).toBeGreaterThanOrEqual(startedAt - 1);
      expect(line.notBefore).toBeLessThanOrEqual(writtenAt + 1);
      expect(line.readAt).toBeGreaterThanOrEqual(writtenAt - 1);
      expect(line.generation).toMatch(/^[0-9a-f]{8}$/);
    }
    const betweenAt = Date.now();
    write(log, 'four');
    await followed.expects(['one', 'three', 'four']);
    const four = followed.lines[2];
    expect(four?.notBefore).toBeGreaterThanOrEqual(followed.lines[1]?.readAt ?? Infinity);
    expect(four?.notBefore).toBeLessThanOrEqual(betweenAt + 1);
    expect(followed.source.position().files).toMatchObject([
      { offset: statSync(log).size, generation: four?.generation, inode: statSync(log).ino },
    ]);
  });

  it('tell no instant to come when the clock is set back while those before them are read', async () => {
    const log = ownLog();
    writeFileSync(log, '');
    let backMs = 0;
    const clock = { ...realClock, wallMs: () => Date.now() - backMs };
    const onLine = ({ text }: { text: string }): void => {
      if (text !== 'one') return;
      backMs = 3_600_000;
      write(log, 'two');
    };
    const followed = await follow(log, { clock, onLine });
    write(log, 'one');
    await followed.expects(['one', 'two']);
    const [, two] = followed.lines;
    expect(two?.notBefore).toBeLessThanOrEqual(two?.readAt ?? -Infinity);
  });
});

function splitAtLineFeeds(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== 0x0a) continue;
    lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return lines;
}
