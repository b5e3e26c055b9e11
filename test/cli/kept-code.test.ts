import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadKept } from '../../src/cli/kept-code.js';

const program = (answer: number): string =>
  `(function(module,exports,require,folder){const{basename}=require('node:path');function answer(){return ${answer}}
module.exports={answer:answer(),folder:basename(folder)};
})`;

/** A folder with a program, whose code may be kept there. */
function place(): { readonly file: string; readonly cache: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kept-code-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'run.cjs');
  writeFileSync(file, program(42));
  return { file, cache: join(folder, 'run.compiled') };
}

/** A place where the code is kept already. */
function keptPlace(): ReturnType<typeof place> {
  const { file, cache } = place();
  loadKept(file, cache)?.keep();
  return { file, cache };
}

test('the second start finds the compiled code of the first', () => {
  const { file, cache } = place();
  const first = loadKept(file, cache);
  expect(first).toMatchObject({ exports: { answer: 42 }, isCompiled: false });
  expect(existsSync(cache)).toBe(false);
  first?.keep();
  expect(statSync(cache).mode & 0o777).toBe(0o600);
  expect(loadKept(file, cache)).toMatchObject({ exports: { answer: 42 }, isCompiled: true });
});

describe('code that does not fit is not used, and the next that is kept takes its place', () => {
  const changed = (change: (kept: Buffer) => Buffer) => (_: string, cache: string) =>
    writeFileSync(cache, change(readFileSync(cache)));
  const flipped = (at: number) =>
    changed((kept) => {
      kept.writeUInt8(kept.readUInt8(at) ^ 1, at);
      return kept;
    });

  test.each<[string, (file: string, cache: string) => void, number]>([
    ['of another program of the same length', (file) => writeFileSync(file, program(24)), 24],
    ['of another program or Node, by its id', flipped(0), 42],
    ['with another checksum', flipped(4), 42],
    ['with a changed byte', flipped(100), 42],
    ['cut off', changed((kept) => kept.subarray(0, kept.length - 1)), 42],
    ['cut off in its header', changed((kept) => kept.subarray(0, 5)), 42],
    ['empty', changed(() => Buffer.alloc(0)), 42],
  ])('%s', (_name, act, answer) => {
    const { file, cache } = keptPlace();
    act(file, cache);
    const loaded = loadKept(file, cache);
    expect(loaded).toMatchObject({ exports: { answer }, isCompiled: false });
    loaded?.keep();
    expect(loadKept(file, cache)).toMatchObject({ exports: { answer }, isCompiled: true });
  });
});

test.each<[string, (cache: string) => void]>([
  ['a directory in its place', (cache) => mkdirSync(cache)],
  ['a directory in the place of the new one', (cache) => mkdirSync(`${cache}.new`)],
])('where it cannot be kept the program runs all the same: %s', (_name, act) => {
  const { file, cache } = place();
  act(cache);
  const loaded = loadKept(file, cache);
  loaded?.keep();
  expect(loaded).toMatchObject({ exports: { answer: 42 }, isCompiled: false });
  expect(loadKept(file, cache)?.isCompiled).toBe(false);
});

test('where there is no directory for it the program runs all the same', () => {
  const { file } = place();
  const loaded = loadKept(file, '/nowhere/run.compiled');
  loaded?.keep();
  expect(loaded).toMatchObject({ exports: { answer: 42 }, isCompiled: false });
});

test('without the file there is no program', () => {
  expect(loadKept('/nowhere/run.cjs', '/nowhere/run.compiled')).toBeUndefined();
});
