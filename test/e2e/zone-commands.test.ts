/** `heyu2mqtt zone`: what root at this machine can do when there is no broker. */

import { describe, expect, test } from 'vitest';
import { runCli, type Ran } from '../cli/run-cli.js';
import { makeHouse, pair, type House } from '../support/house.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';

function house(): { readonly bridge: House; readonly zone: (...args: readonly string[]) => Promise<Ran> } {
  const bridge = makeHouse({
    // nobody listens there
    mqttUrl: 'mqtt://127.0.0.1:9',
    config:
      'zones:\n  ground: { name: Ground floor, exit_delay: 1s, entry_delay: 1h }\n' +
      '  alarmo: { state_topic: alarmo/state }\n  all: { members: [ground, alarmo] }\n',
    aliases: 'aliases:\n  hall: { address: A3, model: MS14A, zone: ground }\n',
  });
  onTestFinished(() => bridge.remove());
  return { bridge, zone: (...args) => runCli('zone', ...args, '--config', bridge.configPath) };
}

const stateOf = async (zone: ReturnType<typeof house>['zone']): Promise<unknown> => {
  const { out } = await zone('status', 'ground', '--json');
  return (JSON.parse(out) as readonly { readonly state: unknown }[])[0]?.state;
};

describe('zone', () => {
  test('arms and disarms without a broker, and a killed service starts as it was left', async () => {
    const { bridge, zone } = house();
    await bridge.start();
    const armed = await zone('arm', 'ground', '--mode', 'night');
    expect(armed).toMatchObject({ code: 0, err: '' });
    expect(armed.out).toMatch(/^Ground floor: arming, for \d s/);
    // what was answered is on disk
    await bridge.stop('SIGKILL');
    await bridge.start();
    await until(async () => (await stateOf(zone)) === 'armed_night');
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await until(async () => (await stateOf(zone)) === 'pending');
    expect((await zone('disarm', 'all')).out).toMatch(/^Ground floor: disarmed/m);
    expect(await stateOf(zone)).toBe('disarmed');
    expect((await zone('status')).out.trimEnd().split('\n')).toHaveLength(3);
  });

  test('says why it does nothing', async () => {
    const { bridge, zone } = house();
    expect(await zone('disarm', 'ground')).toMatchObject({ code: 1, out: '' });
    expect((await zone('status')).err).toContain('the service does not run');
    await bridge.start();
    expect((await zone('arm', 'grund')).err).toMatch(/there is no such zone\n.*did you mean "ground"\?/);
    expect((await zone('status', 'grund')).err).toContain('did you mean "ground"?');
    expect((await zone('arm', 'alarmo')).err).toContain('another program keeps its state');
    expect((await zone('arm', 'ground', '--mode', 'sometimes')).code).toBe(64);
    expect(await stateOf(zone)).not.toBe('arming');
  });
});
