import { expect, test } from 'vitest';
import { onTestFinished } from './test-end.js';
import { collect } from './collect.js';
import { startMosquitto } from './mosquitto.js';
import { until } from './until.js';

test('a retained message outlives the restart of a broker with persistence', async () => {
  const broker = await startMosquitto({ persistence: true });
  onTestFinished(broker.remove);
  const publisher = await collect(broker.port, []);
  onTestFinished(publisher.stop);
  await publisher.publish('a/b', 'on', { retain: true });
  await broker.restart();
  const reader = await collect(broker.port, ['a/b']);
  onTestFinished(reader.stop);
  await reader.untilLast('a/b', 'on');
  expect(reader.last('a/b')?.retain).toBe(true);
});

test('a wrong password is refused, the right one is not', async () => {
  const broker = await startMosquitto({ passwords: { eva: 'secret' } });
  onTestFinished(broker.remove);
  const reader = await collect(broker.port, ['a'], { username: 'eva', password: 'secret' });
  onTestFinished(reader.stop);
  await expect(collect(broker.port, ['a'], { username: 'eva', password: 'wrong' }, 300)).rejects.toThrow(
    'Not authorized',
  );
});

test('waiting in vain says for what', async () => {
  await expect(until(() => false, 'godot', 20)).rejects.toThrow('waited 20 ms in vain for godot');
});
