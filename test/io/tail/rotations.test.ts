/**
 * The real logrotate while heyu writes 100 events a second: every event is heard once and for its unit, also by a
 * bridge that dies now and then. ROTATIONS=100 is the long form, in all forms of logrotate (.ci/full).
 */

import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { onTestFinished } from '../../support/test-end.js';
import { memoryOf, type Bridge, type CoreMemory } from '../../../src/bridge/core.js';
import { hearLine } from '../../../src/bridge/hear.js';
import { logFileSystem } from '../../../src/io/file-system.js';
import { rotatedSiblings } from '../../../src/io/tail/siblings.js';
import type { FilePosition, LogLine, LogPosition } from '../../../src/ports.js';
import { listeningBridge } from '../../support/listening-bridge.js';
import { coreSettings } from '../../support/settings.js';
import { until } from '../../support/until.js';
import { startBusyHeyu } from './busy-heyu.js';
import { follow, ownDirectory, write, type Followed } from './followed.js';
import { configureLogrotate, forms } from './real-logrotate.js';

const ROTATIONS = Number(process.env['ROTATIONS'] ?? 0);
const isLong = ROTATIONS > 0;
const SHORT = ['create', 'nocreate, compress and delaycompress', 'copytruncate'];
const rotations = isLong ? ROTATIONS : 5;
/**
 * Between two rotations, milliseconds. Names that hold the second are given once a second, and what is written to a
 * truncated log within one second may begin as what was there before, as in a log that was edited.
 */
const PAUSE_MS = 200;
const SECOND_PAUSE_MS = 1100;

/** What a bridge has heard, by the id of the function's line: `A3 on`. */
class Hearer {
  readonly heard = new Map<string, string>();
  /** The lines by their ids. */
  readonly lines = new Map<string, string>();
  private bridge = this.bridgeWith(undefined);
  private id = '';

  private bridgeWith(memory: CoreMemory | undefined): Bridge {
    return listeningBridge(coreSettings(), memory, 0, {
      find: (finding) => {
        if (finding.kind !== 'unit') return;
        once(this.heard, `${this.id}.${finding.address}`, `${finding.address} ${finding.function}`);
      },
    });
  }

  hear(line: LogLine): void {
    this.id = `${line.generation}-${line.offset}`;
    once(this.lines, this.id, line.text);
    hearLine(this.bridge, line, { at: line.readAt, mono: line.readAt });
  }

  memory(): CoreMemory {
    return JSON.parse(JSON.stringify(memoryOf(this.bridge.core))) as CoreMemory;
  }

  /** The bridge has died: it knows what it knew then. */
  recalls(memory: CoreMemory): void {
    this.bridge = this.bridgeWith(structuredClone(memory));
  }
}

/** An id that is met again means the same. */
function once(known: Map<string, string>, id: string, said: string): void {
  expect(known.get(id) ?? said).toBe(said);
  known.set(id, said);
}

/** Is all of `some` in `all`, in this order? */
function isIn(all: Iterable<string>, some: readonly string[]): boolean {
  let found = 0;
  for (const text of all) if (text === some[found]) found += 1;
  return found === some.length;
}

/** All that is left of the log, in the order of time. */
function linesLeft(log: string): string[] {
  const files = rotatedSiblings({ path: log, files: logFileSystem }).map(({ path, isPacked }) => {
    const bytes = readFileSync(path);
    return isPacked ? gunzipSync(bytes) : bytes;
  });
  if (existsSync(log)) files.push(readFileSync(log));
  return Buffer.concat(files).toString().trimEnd().split('\n');
}

/** What one who reads all lines in order hears. */
function heardIn(texts: readonly string[]): string[] {
  const hearer = new Hearer();
  const at = Date.now();
  const line = { generation: 'all', file: 'current', notBefore: at - 3_600_000, readAt: at } as const;
  texts.forEach((text, offset) => hearer.hear({ ...line, text, offset }));
  return [...hearer.heard.values()];
}

it.each(forms.filter(({ name }) => isLong || SHORT.includes(name)))(
  `${rotations} rotations with $name lose no event of a busy heyu, and give none to another unit`,
  { timeout: 30_000 + rotations * 4000 },
  async ({ directives }) => {
    const log = join(ownDirectory(), 'heyu', 'heyu.log.ttyS0');
    mkdirSync(join(dirname(log), 'old'), { recursive: true });
    writeFileSync(log, '', { mode: 0o640 });
    const [command, args] = configureLogrotate(log, directives, rotations + 1);
    const hearer = new Hearer();
    let checkpoint: { position: LogPosition; memory: CoreMemory } | undefined;
    let generations: FilePosition[] = [];
    let count = 0;
    const starts = async (): Promise<Followed> =>
      follow(log, {
        pollMs: 1000,
        slowPollMs: 5000,
        settleMs: 1000,
        keepLines: false,
        ...(checkpoint === undefined ? {} : { position: checkpoint.position, generations: [...generations] }),
        onGeneration: (file) => generations.push(file),
        onLine: (line, source) => {
          hearer.hear(line);
          count += 1;
          if (count % 50 !== 0) return;
          checkpoint = { position: source.position(), memory: hearer.memory() };
          generations = [];
        },
      });
    let followed = await starts();
    checkpoint = { position: followed.source.position(), memory: hearer.memory() };
    const heyu = startBusyHeyu(log, join(dirname(log), '..', 'truth'));
    onTestFinished(() => void heyu.process.kill('SIGKILL'));
    await until(() => count > 0);
    // who dies cannot find again what logrotate itself loses: what comes between copying and truncating, or to the
    // old file after its compression
    const isLossy =
      directives.includes('copytruncate') ||
      (directives.includes('compress') && !directives.includes('delaycompress'));
    let isReplaced = false;
    for (let rotation = 1; rotation <= rotations; rotation += 1) {
      await delay(/dateext|copytruncate/.test(directives.join()) ? SECOND_PAUSE_MS : PAUSE_MS);
      // a heyu that is quicker than logrotate, twice: the second of its files takes the name of the first
      const said = await promisify(execFile)(command, args).catch(
        (error: unknown) => error as { stderr: string },
      );
      if (said.stderr.split('renaming to').length > 2) isReplaced = true;
      if (rotation % 3 !== 0 || isLossy) continue;
      await followed.stop();
      hearer.recalls(checkpoint.memory);
      followed = await starts();
    }
    const truth = await heyu.ends();
    const left = linesLeft(log);
    const heard = (): string[] => [...hearer.lines.values()];
    await until(
      () => isIn(heard(), left),
      () => `all of ${JSON.stringify(left)}; heard ${JSON.stringify(heard())}`,
    );
    await followed.settles();
    expect([...hearer.heard.values()]).toEqual(heardIn(heard()));
    if (directives.includes('copytruncate') || isReplaced) {
      // what is written between the copying and the truncating is lost, unless it was read in between
      expect(isIn(truth.lines, heard())).toBe(true);
    } else {
      expect(heard()).toEqual(truth.lines);
      expect([...hearer.heard.values()]).toEqual(truth.events);
    }
    expect(truth.events.length).toBeGreaterThan(rotations * 5);
  },
);

const CASE = join(import.meta.dirname, '../../fixtures/cases/rotation_race');
const caseLines = (name: string): string[] => readFileSync(join(CASE, name), 'utf8').trimEnd().split('\n');

it.each([1, 2])(
  'the last %i lines of heyu come to the renamed file when the new one is there',
  async (late) => {
    const before = caseLines('heyu.log.1');
    const after = caseLines('heyu.log');
    const log = join(ownDirectory(), 'heyu.log.ttyS0');
    writeFileSync(log, '');
    const hearer = new Hearer();
    const followed = await follow(log, { settleMs: 1000, onLine: (line) => hearer.hear(line) });
    write(log, ...before.slice(0, -late));
    await until(() => followed.lines.length === before.length - late);
    renameSync(log, `${log}.1`);
    writeFileSync(log, '');
    // the new file is known
    await followed.settles();
    write(log, ...after);
    appendFileSync(
      `${log}.1`,
      before
        .slice(-late)
        .map((line) => `${line}\n`)
        .join(''),
    );
    await followed.expects([...before, ...after]);
    const events = [...hearer.heard.values()];
    expect(events).toHaveLength((before.length + after.length) / 2);
    expect(events[before.length / 2 - 1]).toBe('A10 off');
    expect(events[before.length / 2 + 6]).toBe('A9 on');
  },
);
