/** Whether heyu can be commanded is tried before it is needed, and told. */

import { expect, test } from 'vitest';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { beginLives } from './lives.js';

const MINUTE = 60_000;
const settings = (control: boolean) =>
  coreSettings({ sensors: [sensorSettings('D1', 'StdAM', { alias: 'siren', type: 'appliance' })], control });

test('heyu is tried a minute after the start, then every ten, and every minute while it fails', async () => {
  const lives = await beginLives(settings(true));
  await lives.look();
  await lives.connect(false);
  const problem = (): string | undefined => lives.retained.get('x10/bridge/problem');
  await lives.passAcknowledged(MINUTE - 1000);
  expect(lives.trials()).toBe(0);
  await lives.passAcknowledged(1000);
  expect([lives.trials(), problem()]).toEqual([1, 'OFF']);
  await lives.passAcknowledged(9 * MINUTE);
  lives.heyuDoes.failure = 'heyu does not run: heyu start';
  expect(lives.trials()).toBe(1);
  await lives.passAcknowledged(MINUTE);
  expect([lives.trials(), problem()]).toEqual([2, 'ON']);
  lives.heyuDoes.failure = undefined;
  await lives.passAcknowledged(MINUTE);
  expect([lives.trials(), problem()]).toEqual([3, 'OFF']);
});

test('without heyu.control heyu is never called, and what was found before is no problem any more', async () => {
  const lives = await beginLives(settings(true));
  lives.heyuDoes.failure = 'no';
  await lives.look();
  await lives.connect(false);
  await lives.passAcknowledged(MINUTE);
  expect(lives.retained.get('x10/bridge/problem')).toBe('ON');
  await lives.reload(settings(false));
  await lives.passAcknowledged(30 * MINUTE);
  expect([lives.trials(), lives.retained.get('x10/bridge/problem')]).toEqual([1, 'OFF']);
});
