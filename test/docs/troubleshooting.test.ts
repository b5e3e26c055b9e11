import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { textOf } from './documents.js';

const SRC = new URL('../../src/', import.meta.url);
const SOURCES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(new URL(path, SRC), 'utf8'))
  .join('\n');

/** Beginnings of what a person types; everything else of three words or more is said by the program. */
const TYPED = /^(sudo|heyu|heyu2mqtt|systemctl|mosquitto_sub|type:) /;

describe('docs/troubleshooting.md', () => {
  const text = textOf('docs/troubleshooting.md').replace(/^```.*?^```/gms, '');
  const said = [...text.matchAll(/`([^`\n]+)`/g)]
    .map(([, span = '']) => span)
    .filter((span) => span.split(' ').length >= 3 && !TYPED.test(span));

  test('quotes messages', () => {
    expect(said.length).toBeGreaterThan(12);
  });

  test.each(said)('"%s" is what the program says', (words) => {
    expect(SOURCES).toContain(words);
  });
});
