/** The past as it is read from real files: rotated and packed ones, and in a child. */

import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { orElse } from '../../src/common/error.js';
import type { History } from '../../src/history/history.js';
import { journalLine } from '../../src/history/journal.js';
import { PastReader } from '../../src/io/history/past-reader.js';
import { readPast, type PastPlace } from '../../src/io/history/read-past.js';
import { wholeReport } from '../../src/io/history/whole-report.js';
import { journalPaths } from '../../src/io/journal-file.js';
import { documentOf } from '../../src/report/document.js';
import { timelineOf } from '../../src/web/timeline.js';
import { MAIN, pair, stampAt } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';

const NOON = Date.UTC(2026, 10, 22, 12);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

const core = coreSettings({
  sensors: [sensorSettings('A3', 'MS14A', { alias: 'hall', zone: 'ground' })],
  zones: [zoneSettings('ground')],
});

function place(): PastPlace & {
  readonly write: (name: string, text: string | Buffer, endedAt: number) => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'heyu-past-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    core,
    logPath: join(folder, 'heyu.log'),
    stateDir: folder,
    write: (name, text, endedAt) => {
      writeFileSync(join(folder, name), text);
      utimesSync(join(folder, name), endedAt / 1000, endedAt / 1000);
    },
  };
}

/** A motion that begins at each of these instants. */
const motionsAt = (...instants: readonly number[]): string =>
  instants.flatMap((at) => pair('rcvi', 'A3', 'On').map((text) => `${stampAt(at)}  ${text}\n`)).join('');

const motions = ({ sensors }: History): number[] => [...(sensors[0]?.channels.motion?.from ?? [])];

/** Every `stepMs` from an instant on. */
const each = (from: number, count: number, stepMs: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index * stepMs);

describe('the past', () => {
  it('is read from rotated and packed files and the log itself, each line once', async () => {
    const house = place();
    const days = [3, 2, 1, 0].map((ago) => each(NOON - ago * DAY - HOUR, 10, 6 * MINUTE));
    const [oldest = [], packed = [], plain = [], current = []] = days;
    house.write('heyu.log.3.gz', gzipSync(motionsAt(...oldest)), oldest.at(-1) ?? 0);
    house.write('heyu.log.2.gz', gzipSync(motionsAt(...packed)), packed.at(-1) ?? 0);
    house.write('heyu.log.1', motionsAt(...plain), plain.at(-1) ?? 0);
    house.write('heyu.log.old', motionsAt(...plain), NOON);
    house.write('heyu.log', motionsAt(...current), NOON);
    const request = { from: NOON - 2.5 * DAY, until: NOON, signals: true };
    const { history, missing } = await readPast(house, request);
    expect(motions(history)).toEqual([...packed, ...plain, ...current]);
    expect(missing).toEqual([]);
  });

  const days = (first: number, last: number): number[] => each(NOON - first * DAY, (first - last) * 24, HOUR);

  it.each<[string, Readonly<Record<string, readonly [from: number, to: number, endedAt?: number]>>]>([
    ['that was renamed', { 'heyu.log.old': [3, 2], 'heyu.log': [2, 0] }],
    ['that was packed', { 'heyu.log.bak.gz': [3, 2], 'heyu.log': [2, 0] }],
    ['that was copied before the log was emptied', { 'heyu.log-old': [3, 2, 1.9], 'heyu.log': [2, 0] }],
    ['that is silence, then', { 'heyu.log.old': [9, 8], 'heyu.log': [2, 0] }],
    ['of a log that was trimmed since (sed -i.bak)', { 'heyu.log.bak': [3, 1], 'heyu.log': [2, 0] }],
    ['that is a copy of the log', { 'heyu.log.1': [3, 2], 'heyu.log.bak': [2, 1, 0.9], 'heyu.log': [2, 0] }],
    ['that is a copy of the end of it', { 'heyu.log.bak': [1, 0], 'heyu.log': [3, 0] }],
    [
      'that is a later copy of a rotated one',
      { 'heyu.log.2.gz': [4, 3], 'heyu.log.1': [3, 2], 'heyu.log.bak': [4, 3, 1], 'heyu.log': [2, 0] },
    ],
    [
      'between rotated ones',
      { 'heyu.log.1': [4, 3], 'heyu.log.old': [3, 2], 'heyu.log.bak': [2, 1], 'heyu.log': [1, 0] },
    ],
  ])('has each line once, with a file %s', async (_, files) => {
    const house = place();
    const all = new Set<number>();
    for (const [name, [first, last, endedAt]] of Object.entries(files)) {
      const instants = days(first, last);
      for (const at of instants) all.add(at);
      const text = motionsAt(...instants);
      const ended = endedAt === undefined ? (instants.at(-1) ?? 0) : NOON - endedAt * DAY;
      house.write(name, name.endsWith('.gz') ? gzipSync(text) : text, ended);
    }
    const request = { from: NOON - 10 * DAY, until: NOON, signals: true };
    const { history } = await readPast(house, request);
    expect(motions(history)).toEqual([...all].sort((one, other) => one - other));
    expect(history.lines).toBe(2 * all.size);
  });

  it('is read of a long log from where the window begins', async () => {
    const house = place();
    const all = each(NOON - 60 * DAY, 60 * 24 * 6, 10 * MINUTE);
    house.write('heyu.log', motionsAt(...all), NOON);
    const { history } = await readPast(house, { from: NOON - HOUR, until: NOON, signals: true });
    expect(motions(history)).toEqual(all.filter((at) => at >= NOON - HOUR));
    expect(history.lines).toBeLessThan(10_000);
  });

  it('is that of the right year', async () => {
    const house = place();
    const newYear = Date.UTC(2027, 0, 1);
    const all = each(newYear - 3 * HOUR, 60, 6 * MINUTE);
    house.write('heyu.log.1.gz', gzipSync(motionsAt(...all.slice(0, 20))), all[19] ?? 0);
    house.write('heyu.log', motionsAt(...all.slice(20)), all.at(-1) ?? 0);
    const { history } = await readPast(house, {
      from: newYear - 3 * HOUR,
      until: newYear + 3 * HOUR,
      signals: false,
    });
    expect(motions(history)).toEqual(all);
  });

  it('is that of the right year in a small log of many months', async () => {
    const house = place();
    const all = each(NOON - 300 * DAY, 30, 10 * DAY);
    house.write('heyu.log', motionsAt(...all), NOON);
    const { history } = await readPast(house, { from: 0, until: NOON, signals: false });
    expect(motions(history)).toEqual(all);
  });

  it('has the zones of the journal, and says what is missing', async () => {
    const house = place();
    const entry = {
      kind: 'zone',
      at: NOON - HOUR,
      zone: 'ground',
      state: 'armed_away',
      source: 'stored',
      verified: true,
    } as const;
    const [, path] = journalPaths(house.stateDir ?? '');
    writeFileSync(path, `${journalLine(entry)}{"at":\n`);
    house.write('heyu.log.1.gz', gzipSync(motionsAt(NOON - HOUR)).subarray(0, 30), NOON);
    house.write('heyu.log', motionsAt(NOON - MINUTE), NOON);
    const { history, journal, missing } = await readPast(house, {
      from: NOON - HOUR,
      until: NOON,
      signals: false,
    });
    expect(history.alerts).toMatchObject([{ zone: 'ground', signalAt: NOON - MINUTE }]);
    expect(journal).toMatchObject({ entries: [entry], damaged: 1 });
    expect(missing).toEqual([expect.stringContaining('heyu.log.1.gz is damaged')]);
  });

  it('of a log that is not there is a gap', async () => {
    const { history, missing } = await readPast(place(), { from: NOON - HOUR, until: NOON, signals: false });
    expect(history.gaps).toEqual([{ from: NOON - HOUR, to: NOON, reason: 'no_log' }]);
    expect(missing).toEqual([expect.stringContaining('cannot be read (ENOENT)')]);
  });
});

/** A reader of the service; its child ends with the test. */
function readerOf({ logPath, stateDir }: PastPlace, program = MAIN): PastReader {
  const reader = new PastReader(() => ({ core, logPath, stateDir }), program);
  onTestFinished(() => reader.stop());
  return reader;
}

/** The program, after `first`; `starts`: the ids of its processes. */
function watchedProgram(
  folder: string,
  first = '',
): { readonly program: string; readonly starts: () => readonly number[] } {
  const program = join(folder, 'watched.mjs');
  const noted = join(folder, 'starts');
  writeFileSync(
    program,
    `import os from 'node:os';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
${first}
appendFileSync(${JSON.stringify(noted)}, process.pid + '\\n');
await import(${JSON.stringify(MAIN)});
`,
  );
  return { program, starts: () => readFileSync(noted, 'utf8').trim().split('\n').map(Number) };
}

const isRunning = (pid: number): boolean => orElse(() => process.kill(pid, 0), false);

describe('the reader of the service', () => {
  it('has it read in a child, whose answer is that of its own process', async () => {
    const house = place();
    const all = each(NOON - 20 * DAY, 20 * 24 * 6, 10 * MINUTE);
    house.write('heyu.log', motionsAt(...all), NOON);
    const request = { from: NOON - 10 * DAY, until: NOON, signals: true };
    const reader = readerOf(house);
    const [past, again] = await Promise.all([reader.read(request), readPast(house, request)]);
    expect(past).toEqual(again);
    expect(motions(past.history)).toHaveLength(10 * 24 * 6);
  });

  it('has a long window drawn in a child, which sends the drawing alone', async () => {
    const house = place();
    house.write('heyu.log', motionsAt(...each(NOON - 20 * DAY, 20 * 24 * 6, 10 * MINUTE)), NOON);
    const window = { from: NOON - 10 * DAY, to: NOON + HOUR, px: 500 };
    const reader = readerOf(house);
    const past = await readPast(house, { from: window.from, until: NOON, signals: false });
    expect(await reader.timeline(window, NOON)).toEqual(timelineOf(core, past, window));
  });

  it('has the report made in a child, and is told how far it is', async () => {
    const house = place();
    house.write('heyu.log', motionsAt(...each(NOON - 30 * DAY, 11_000, 200_000)), NOON);
    const reader = readerOf(house);
    const told: number[] = [];
    const made = await reader.report(NOON, (lines) => told.push(lines));
    expect(made).toEqual(await wholeReport(house, NOON, () => undefined));
    expect(made).toMatchObject({ log: { lines: 22_000 }, sensors: [{ alias: 'hall' }] });
    expect(told).toEqual([20_824]);
    // and nothing of it is lost on the way to who has asked
    expect(documentOf(JSON.parse(JSON.stringify(made)) as typeof made)).toEqual(documentOf(made));
  });

  it.each([
    ['at low priority', '', constants.priority.PRIORITY_LOW],
    [
      'at normal priority where the sandbox refuses it',
      "os.setPriority = () => { throw new Error('EPERM'); }; syncBuiltinESMExports();",
      getPriority(),
    ],
  ])('has its child work %s', async (_, refuse, priority) => {
    const house = place();
    house.write('heyu.log', motionsAt(NOON - HOUR), NOON);
    const { program, starts } = watchedProgram(house.stateDir ?? '', refuse);
    const reader = readerOf(house, program);
    const { history } = await reader.read({ from: NOON - 10 * DAY, until: NOON, signals: true });
    expect(motions(history)).toEqual([NOON - HOUR]);
    expect(starts().map((pid) => getPriority(pid))).toEqual([priority]);
  });

  it('asks the same child again, and another one after an end', async () => {
    const house = place();
    house.write('heyu.log', motionsAt(NOON - HOUR), NOON);
    const { program, starts } = watchedProgram(house.stateDir ?? '');
    const reader = readerOf(house, program);
    const request = { from: NOON - DAY, until: NOON, signals: true };
    const answers = await Promise.all([
      reader.read(request),
      reader.read(request),
      reader.timeline({ from: NOON - DAY, to: NOON, px: 24 }, NOON),
    ]);
    expect(answers[1]).toEqual(answers[0]);
    expect(starts()).toHaveLength(1);
    process.kill(starts()[0] ?? 0, 'SIGKILL');
    await until(() => !isRunning(starts()[0] ?? 0), 'the end of the child');
    expect(motions((await reader.read(request)).history)).toEqual([NOON - HOUR]);
    expect(starts()).toHaveLength(2);
    reader.stop();
    await until(() => !isRunning(starts()[1] ?? 0), 'the end of the other child');
  });

  it('takes only so many questions at once, and says that its child has died', async () => {
    const house = place();
    const reader = readerOf(house, '/no/such/program.js');
    const request = { from: NOON - 10 * DAY, until: NOON, signals: true };
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => reader.read(request)));
    expect(asked.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'rejected'));
    expect(asked.map((one) => String((one as PromiseRejectedResult).reason)).at(-1)).toContain(
      'too many questions',
    );
  });
});
