import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { type InitAnswers, initConfigText } from '../../src/cli/init-config.js';
import { effectiveValues } from '../../src/config/effective.js';
import { loadConfiguration } from '../../src/config/load.js';

const EXAMPLE = readFileSync(new URL('../../config/config.yaml', import.meta.url), 'utf8');

const ANSWERS: InitAnswers = {
  x10config: undefined,
  log: '/var/log/heyu/heyu.log.ttyUSB0',
  timeZone: 'Europe/Berlin',
  url: 'mqtt://broker.example:1884',
  username: undefined,
  passwordFile: undefined,
  baseTopic: 'x10',
  alarm: 'none',
  keyfobs: [],
  stateDir: undefined,
};

/** The effective values of the configuration that is made of these answers; paths are told from its folder. */
function effective(answers: Partial<InitAnswers>): Record<string, unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-init-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const configFile = join(folder, 'config.yaml');
  writeFileSync(join(folder, 'x10config'), 'TTY /dev/ttyS1\nLOG_DIR /var/log/x\nDATE_FORMAT DMY\n');
  writeFileSync(
    join(folder, 'aliases.yaml'),
    "aliases: { fob: { address: C9, model: KR10A }, '9': { address: C8, model: KR18 } }\n",
  );
  writeFileSync(join(folder, 'mqtt-password'), 'x\n', { mode: 0o600 });
  writeFileSync(configFile, initConfigText(EXAMPLE, { ...ANSWERS, ...answers }, '/s.json'));
  const loaded = loadConfiguration({ configFile, env: {}, version: '0' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const toldFrom = (value: unknown): unknown =>
    typeof value === 'string' ? value.replace(`${folder}/`, '') : value;
  return Object.fromEntries(effectiveValues(loaded.resolved).map(({ key, value }) => [key, toldFrom(value)]));
}

describe('the configuration that init writes', () => {
  it.each([
    [{}, { 'heyu.log': '/var/log/heyu/heyu.log.ttyUSB0', 'heyu.timezone': 'Europe/Berlin' }],
    [
      { x10config: 'x10config', log: undefined },
      { 'heyu.log': '/var/log/x/heyu.log.ttyS1', 'heyu.date_format': 'DMY' },
    ],
    [{}, { 'mqtt.url': ['mqtt://broker.example:1884'], 'mqtt.username': null, 'mqtt.password_file': null }],
    [
      { username: 'a: "b" #c', passwordFile: 'mqtt-password' },
      { 'mqtt.username': 'a: "b" #c', 'mqtt.password_file': 'mqtt-password' },
    ],
    [{ baseTopic: 'home/x10' }, { 'mqtt.base_topic': 'home/x10', bridge_id: 'home_x10' }],
    [{ stateDir: 'state' }, { state_dir: 'state' }],
    [{ alarm: 'bridge' as const }, { 'zones.house.panel': 'alarm_control_panel' }],
    [{ alarm: 'bridge' as const, keyfobs: ['fob', '9'] }, { 'zones.house.keyfobs': ['fob', '9'] }],
    [{ alarm: 'alarmo' as const }, { 'zones.house.state_topic': 'alarmo/state' }],
  ])('%j is in force as %j', (answers, values) => {
    expect(effective(answers)).toMatchObject(values);
  });

  it('takes what is written as it is, whatever characters there are', () => {
    expect(initConfigText(EXAMPLE, { ...ANSWERS, baseTopic: '$&' }, '/s.json')).toContain('base_topic: $&\n');
  });

  it('has no zone when there is no alarm', () => {
    expect(Object.keys(effective({})).filter((key) => key.startsWith('zones'))).toEqual([]);
  });

  it('keeps every comment of the example outside the zones', () => {
    const text = initConfigText(EXAMPLE, ANSWERS, '/s.json');
    const comments = EXAMPLE.split('\n').filter(
      (line) => /^ *# [A-Z]/.test(line) && !line.includes('Kept by'),
    );
    expect(comments.length).toBeGreaterThan(10);
    for (const comment of comments) expect(text).toContain(comment);
    expect(text).toContain('# yaml-language-server: $schema=/s.json\n');
  });
});
