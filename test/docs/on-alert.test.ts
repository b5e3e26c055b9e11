/** The programs of docs/on-alert.md, run with an alert whose texts mean something to a shell. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { textOf } from './documents.js';

const SCRIPTS = [...textOf('docs/on-alert.md').matchAll(/```sh\n(#!\/bin\/sh\n[\s\S]*?)```/g)].map(
  ([, script = '']) => script,
);
const TEXT = '@/etc/passwd "$(touch broken)" `touch broken`; \'%s\' Küche';

/** Runs the script with a stand-in for its client; returns its arguments, one a line, and what it was sent. */
function told(script: string, client: string): { args: string; input: string; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'on-alert-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stand = '#!/bin/sh\nfor arg; do echo "$arg"; done > args\ncat > input\nexit 3\n';
  writeFileSync(join(folder, client), stand, { mode: 0o755 });
  writeFileSync(join(folder, 'on-alert'), script, { mode: 0o755 });
  const { status } = spawnSync(join(folder, 'on-alert'), {
    cwd: folder,
    input: '',
    env: {
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      HEYU2MQTT_ALERT_KIND: 'smoke',
      HEYU2MQTT_ALERT_TEXT: TEXT,
      HEYU2MQTT_ALERT_AT: '2026-11-25T18:02:11.000Z',
    },
  });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  expect(() => read('broken')).toThrow();
  return { args: read('args'), input: read('input'), status };
}

describe('a program of docs/on-alert.md', () => {
  test('there are two', () => {
    expect(SCRIPTS).toHaveLength(2);
  });

  test('curl gets the text as it is, and its failure is that of the program', () => {
    const { args, status } = told(SCRIPTS[0] ?? '', 'curl');
    expect(args).toContain(`\n--data-raw\n${TEXT}\nhttps://ntfy.sh/`);
    expect(args).toContain('\nTitle: X10 alert: smoke\n');
    expect(status).toBe(3);
  });

  test('msmtp gets a mail with the text, and its failure is that of the program', () => {
    const { args, input, status } = told(SCRIPTS[1] ?? '', 'msmtp');
    expect(args).toBe('--file=/etc/heyu2mqtt/msmtprc\n--\nyou@example.org\n');
    expect(input).toContain('To: you@example.org\nSubject: X10 alert: smoke\n');
    expect(input.split('\n\n')[1]).toBe(`${TEXT}\n2026-11-25T18:02:11.000Z\n`);
    expect(status).toBe(3);
  });
});
