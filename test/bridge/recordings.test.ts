/** Every recording, against the truth of what was put on the wire. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createExplainer } from '../../src/bridge/explain.js';
import type { Finding } from '../../src/bridge/finding.js';
import { readX10Config } from '../../src/heyu/x10config.js';
import { coreSettings } from '../support/settings.js';
import {
  expectationsOf,
  linesOf,
  logsOf,
  recordingNames,
  x10configOf,
  type Expectation,
} from '../support/recordings.js';

function findings(name: string): Finding[] {
  const x10config = x10configOf(name);
  const order =
    x10config === undefined ? 'YMD' : readX10Config(readFileSync(x10config, 'utf8')).dateFormat.order;
  const found: Finding[] = [];
  const settings = coreSettings({ stamp: { order, timeZone: 'UTC' } });
  const explainer = createExplainer(settings, { year: 2026, armed: [], disarmed: [] }, ({ finding }) => {
    found.push(finding);
  });
  for (const log of logsOf(name))
    linesOf(log).forEach((text, index) => explainer.line(text, log, index + 1, index));
  explainer.end();
  return found;
}

const onWire = (name: string): string[] =>
  expectationsOf(name)
    .filter(({ unit, fn, src }) => unit !== undefined && (fn === 'on' || fn === 'off') && src !== 'ignored')
    .flatMap(({ unit, fn, src, count = 1 }) =>
      Array<string>(count).fill(`${src ?? ''} ${unit ?? ''} ${fn ?? ''}`),
    );

const inLog = (found: readonly Finding[]): string[] =>
  found.flatMap((finding) =>
    finding.kind === 'unit' && (finding.function === 'on' || finding.function === 'off')
      ? [`${finding.source} ${finding.address} ${finding.function}`]
      : [],
  );

const on = (...units: string[]): string[] => units.map((unit) => `${unit} on`);

/** heyu all_on A: one command for 16 units, in X10 code order. */
const ALL_OF_A = on(
  ...[
    'A13',
    'A5',
    'A3',
    'A11',
    'A15',
    'A7',
    'A1',
    'A9',
    'A14',
    'A6',
    'A4',
    'A12',
    'A16',
    'A8',
    'A2',
    'A10',
  ].map((unit) => `sndc ${unit}`),
);

/**
 * Recordings whose log rightly differs from the wire (README of the recordings): units that the log has more,
 * units that it lacks. Everything else must be there in its order.
 */
const DIFFERENCES: Readonly<Record<string, { more: string[]; less: string[] }>> = {
  f_sent: {
    more: on(
      'rcvi A3',
      'snds A6',
      'sndm A1',
      'sndm A2',
      'sndm C1',
      'rcvt B1',
      'sndt A1',
      'sndt A2',
      'sndt C1',
    ),
    less: [],
  },
  g_rf_flood: { more: [...Array<string>(7).fill('rcva A3 on'), 'rcva A3 off'], less: [] },
  h_security_hide: { more: [], less: ['rcvi E1 on', 'rcvi E1 off'] },
  i_rare_messages: { more: ['sndp A3 on', ...ALL_OF_A], less: [] },
  j_engine_crash: { more: [], less: [] },
  j_restart: { more: [], less: ['rcvi A5 on'] },
  l_rotate_rename: { more: [], less: ['rcvi A3 on'] },
  m_noise: { more: ['rcvi A3 on'], less: [] },
};

/** What is left of `from` when `taken` is taken out of it, each once. */
function without(from: readonly string[], taken: readonly string[]): string[] {
  const rest = [...from];
  for (const item of taken) {
    const place = rest.indexOf(item);
    if (place >= 0) rest.splice(place, 1);
  }
  return rest;
}

/** How heyu logs what `mean` says (README of the recordings). */
function securityWords({ sec, mean = '' }: Expectation): string {
  const [word = ''] = mean.split(/[ +]/);
  const functions: Record<string, string> = {
    alert: 'Alert',
    clear: 'Clear',
    'test/emergency': 'Test',
    tamper: 'secTamper',
    arm: 'Arm',
    disarm: 'Disarm',
    panic: 'Panic',
    motion: 'Alert',
    dusk: 'sDusk',
    dawn: 'sDawn',
    unknown: 'vData',
    vdata: 'vData',
    lights: mean.startsWith('lights on') ? 'sLightsOn' : 'sLightsOff',
    A: mean.startsWith('A key on') ? 'AkeyOn' : 'AkeyOff',
    B: mean.startsWith('B key on') ? 'BkeyOn' : 'BkeyOff',
  };
  return `${sec ?? ''} ${functions[word] ?? `? ${mean}`}`;
}

describe('units', () => {
  test.each(recordingNames())('%s', (name) => {
    const wire = onWire(name);
    const log = inLog(findings(name));
    const difference = DIFFERENCES[name];
    if (difference === undefined) {
      expect(log).toEqual(wire);
      return;
    }
    if (name === 'j_engine_crash') {
      expect(log).toEqual(wire.slice(0, 1));
      return;
    }
    expect([...log].sort()).toEqual([...without(wire, difference.less), ...difference.more].sort());
    expect(log.length).toBe(wire.length + difference.more.length - difference.less.length);
  });
});

describe('security', () => {
  test.each(recordingNames())('%s', (name) => {
    const wire = expectationsOf(name)
      .filter(({ sec }) => sec !== undefined && sec !== null && sec !== 'ignored')
      .map(securityWords);
    const log = findings(name).flatMap((finding) =>
      finding.kind === 'security' ? [`${finding.alias ?? ''} ${finding.function}`] : [],
    );
    if (name === 'h_security_hide') {
      // HIDE_UNCHANGED drops five repeated Clears
      const missing = without(wire, log);
      expect(missing).toHaveLength(5);
      expect(missing.every((words) => words.endsWith(' Clear'))).toBe(true);
      expect(without(log, wire)).toEqual([]);
      return;
    }
    // one step of l_rotate_rename sends a code without saying what it means
    expect(log).toEqual(name === 'l_rotate_rename' ? ['sec_door Alert'] : wire);
  });
});

describe('house functions', () => {
  test.each(recordingNames())('%s', (name) => {
    const wire = expectationsOf(name)
      .filter(({ house, fn }) => house !== undefined && fn !== 'on' && fn !== 'off')
      .map(({ src, house, fn }) => `${src ?? ''} ${house ?? ''} ${fn ?? ''}`);
    const log = findings(name).flatMap((finding) =>
      finding.kind === 'house' ? [`${finding.source} ${finding.house} ${finding.function}`] : [],
    );
    // not every step that causes a house function says so: what is said must be there in its order
    let from = 0;
    for (const words of wire) {
      const place = log.indexOf(words, from);
      expect(place, `${words} after line ${from}`).toBeGreaterThanOrEqual(from);
      from = place + 1;
    }
  });
});

describe('every line', () => {
  test.each(recordingNames())('%s is understood, but for the output of scripts', (name) => {
    const strange = findings(name).filter(
      (finding) => finding.kind === 'unrecognised' && !finding.reason.startsWith('no stamp'),
    );
    expect(strange).toEqual([]);
  });
});
