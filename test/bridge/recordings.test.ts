/** Every recording, against the truth of what was put on the wire. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Explainer } from '../../src/bridge/explain.js';
import type { Finding } from '../../src/bridge/core.js';
import type { SecurityFlag } from '../../src/heyu/signal.js';
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
  const explainer = new Explainer(settings, { year: 2026, armed: [], disarmed: [] }, ({ finding }) => {
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
  // its On more comes within a second of what is no X10 (heyu/selection)
  m_noise: { more: [], less: [] },
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

/** Whether `part` is in `whole`, in its order. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let from = 0;
  for (const item of part) {
    const place = whole.indexOf(item, from);
    if (place < 0) return false;
    from = place + 1;
  }
  return true;
}

const WORDS = [
  ['swmin', 'swMin'],
  ['swmax', 'swMax'],
  ['main', 'Main'],
  ['aux', 'Aux'],
  ['away min', 'swAway'],
  ['away min', 'swMin'],
  ['home max', 'swHome'],
  ['home max', 'swMax'],
] as const satisfies readonly (readonly [string, SecurityFlag])[];

const OPPOSITES = [
  ['swMin', 'swMax'],
  ['swHome', 'swAway'],
  ['Main', 'Aux'],
] as const satisfies readonly (readonly [SecurityFlag, SecurityFlag])[];

/** What steps cause that do not say so: senders without an alias, */
const UNSAID_SENDERS: Readonly<Record<string, readonly string[]>> = {
  e_unaliased: ['Sec 0x41', 'Sec 0x41'],
  g_rf_noise: ['Ent 0x16'],
  g_rf_w800: ['Ent 0x16'],
  g_rfx_other: ['RFXMeter 0x05', 'RFXSensor 0x24*', 'KAKU_S 0x004080c'],
  i_rare_messages: ['VISONIC 0x050201'],
};

/** functions of a house code, */
const UNSAID_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  c_multiaddr: ['rcvi A alloff'],
  f_sent: [
    ...['sndc A dim', 'sndc A bright', 'sndc A bright', 'sndc A dim', 'sndc A alloff', 'sndc A lightson'],
    ...['sndc B lightsoff', 'sndc A statusreq', 'sndc A hail'],
  ],
  // nine bursts: a second line for the held key
  g_rf_noise: ['rcva D dim'],
  g_rf_w800: ['rcva D dim'],
  // dim levels of addressed units and of another house code
  i_functions: ['rcvi A dim', 'rcvi A bright', 'rcvi O dim'],
};

/** presets and extended codes. */
const UNSAID_CODES: Readonly<Record<string, readonly string[]>> = {
  f_sent: ['preset 12', 'xpreset', 'xpreset', 'vdata'],
  i_rare_messages: ['vdata', 'vdata', 'xstatusreq'],
};

/** heyu's name of an extended code (the function, and where it decides the upper half of its data byte). */
function extendedName(code: string, byte: string): string {
  const kind = byte.charAt(0);
  const names: Record<string, string> = {
    '31': 'xPreset',
    '33': 'xAllOn',
    '34': 'xAllOff',
    '37': kind === '0' ? 'xStatusReq' : kind === '1' ? 'xPowerUp' : 'xGrpStatus',
    '38': 'xStatusAck',
    '3b': 'xConfig',
    '30': 'xGrpAdd',
    '32': 'xGrpAddLvl',
    '35': kind === '0' ? 'xGrpRem' : 'xGrpRemAll',
    '36': kind === '4' ? 'xGrpExec' : 'xGrpOff',
    '39': 'xGrpAck',
    '3a': 'xGrpNack',
    '3c': kind === '0' ? 'xGrpDim' : 'xGrpBright',
    '01': 'shOpenLim',
    '03': 'shOpen',
    '02': 'shSetLim',
    '04': 'shOpenAll',
    '0b': 'shCloseAll',
  };
  return names[code] ?? `xFunc ${code}`;
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
    const inBoth = without(wire, difference.less);
    expect([...log].sort()).toEqual([...inBoth, ...difference.more].sort());
    // heyu sends several units in the order of X10's codes (A3, A1, A2), not in that of the command
    if (name === 'f_sent') return;
    expect(difference.more.length === 0 ? isWithin(log, wire) : isWithin(inBoth, log)).toBe(true);
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
      expect(isWithin(log, wire)).toBe(true);
      return;
    }
    // one step of l_rotate_rename sends a code without saying what it means
    expect(log).toEqual(name === 'l_rotate_rename' ? ['sec_door Alert'] : wire);
  });

  test.each(['h_security', 'h_security_intv_chg'])('%s has the flags that were sent', (name) => {
    const heard = findings(name).filter((finding) => finding.kind === 'security');
    const sent = expectationsOf(name).filter(
      ({ sec }) => sec !== undefined && sec !== null && sec !== 'ignored',
    );
    sent.forEach(({ mean = '' }, index) => {
      const flags = heard[index]?.flags ?? [];
      const said = (flag: SecurityFlag): boolean => flags.includes(flag);
      expect([mean, said('LoBat')]).toEqual([mean, mean.includes('lobat')]);
      expect([mean, said('Tamper')]).toEqual([mean, mean.includes('tamper')]);
      for (const [word, flag] of WORDS)
        if (mean.includes(word)) expect([mean, said(flag)]).toEqual([mean, true]);
      for (const [one, other] of OPPOSITES) expect([mean, said(one) && said(other)]).toEqual([mean, false]);
    });
    expect(heard).toHaveLength(sent.length);
  });

  test.each(recordingNames())('%s: senders that heyu does not map', (name) => {
    const sent = expectationsOf(name).flatMap(({ sec, id }) => (sec === null ? [`Sec 0x${id ?? ''}`] : []));
    const heard = findings(name).flatMap((finding) =>
      finding.kind === 'unmapped' ? [`${finding.type} ${finding.id}`] : [],
    );
    expect(heard).toEqual([...sent, ...(UNSAID_SENDERS[name] ?? [])]);
  });
});

describe('house functions', () => {
  test.each(recordingNames())('%s', (name) => {
    const found = findings(name);
    const wire = expectationsOf(name).filter(({ house }) => house !== undefined);
    const words = ({ src, house, fn }: Expectation): string => `${src ?? ''} ${house ?? ''} ${fn ?? ''}`;
    const isSwitch = ({ fn }: Expectation): boolean => fn === 'on' || fn === 'off';
    const functions = found.flatMap((finding) =>
      finding.kind === 'house' && !/^(x|sh)/.test(finding.function)
        ? [`${finding.source} ${finding.house} ${finding.function}`]
        : [],
    );
    const orphans = found.flatMap((finding) =>
      finding.kind === 'orphan' ? [`${finding.source} ${finding.house} ${finding.function}`] : [],
    );
    const sent = wire.filter((item) => !isSwitch(item)).map(words);
    const more = UNSAID_FUNCTIONS[name] ?? [];
    expect([...functions].sort()).toEqual([...sent, ...more].sort());
    expect(isWithin(sent, functions)).toBe(true);
    expect(orphans).toEqual(wire.filter(isSwitch).map(words));
  });

  test.each(recordingNames())('%s: presets and extended codes', (name) => {
    const sent = expectationsOf(name).flatMap(({ fn, level, ext, data }) => {
      if (fn === 'preset') return [`preset ${level ?? 0}`];
      return ext === undefined ? [] : [extendedName(ext, data ?? '').toLowerCase()];
    });
    const heard = findings(name).flatMap((finding) => {
      if (finding.kind === 'preset') return [`preset ${finding.level}`];
      if (finding.kind === 'extended') return [finding.function.toLowerCase()];
      return finding.kind === 'house' && /^(x|sh)/.test(finding.function) ? [finding.function] : [];
    });
    expect(heard).toEqual([...sent, ...(UNSAID_CODES[name] ?? [])]);
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
