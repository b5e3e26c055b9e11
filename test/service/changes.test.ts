import { expect, test } from 'vitest';
import { changes, type Restarted } from '../../src/service/service.js';

const before = {
  mqtt: { urls: ['mqtt://localhost:1883'], username: undefined, clientId: 'heyu2mqtt' },
  heyu: { log: '/var/log/heyu/heyu.log', polling: false, lingerMs: 60_000 },
  stateDir: '/var/lib/heyu2mqtt',
  core: { baseTopic: 'x10', bridgeId: 'x10', replayMaxAgeMs: 1000 },
};

test.each<[string, Restarted, readonly string[]]>([
  ['nothing', before, []],
  ['the same in other objects', structuredClone(before), []],
  ['a setting of the core', { ...before, core: { ...before.core, ...{ replayMaxAgeMs: 5 } } }, []],
  ['another broker', { ...before, mqtt: { ...before.mqtt, urls: ['mqtt://other:1883'] } }, ['broker']],
  ['a user name', { ...before, mqtt: { ...before.mqtt, username: 'x10' } }, ['broker']],
  ['the base topic', { ...before, core: { ...before.core, baseTopic: 'house' } }, ['broker']],
  ['another log', { ...before, heyu: { ...before.heyu, log: '/tmp/heyu.log' } }, ['log']],
  ['how the log is watched', { ...before, heyu: { ...before.heyu, polling: true } }, ['log']],
  ['the state directory', { ...before, stateDir: '/tmp/state' }, ['process']],
  ['the bridge id', { ...before, core: { ...before.core, bridgeId: 'cellar' } }, ['process']],
  [
    'everything',
    { mqtt: {}, heyu: {}, stateDir: '/', core: { baseTopic: 'a', bridgeId: 'b' } },
    ['broker', 'log', 'process'],
  ],
])('%s', (_name, after, expected) => {
  expect([...changes(before, after)]).toEqual(expected);
});
