/** heyu out of step with its spool, as the bridge tells of it. */

import { expect, test } from 'vitest';
import { memoryOf, type CoreMemory } from '../../src/bridge/core.js';
import { rememberedHealth } from '../../src/bridge/health.js';
import { hearLine } from '../../src/bridge/hear.js';
import { listeningBridge } from '../support/listening-bridge.js';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { replay, stamp } from '../support/replayed.js';

const hall = sensorSettings('A3', 'MS14A', { topic: 'hall' });
const address = (unit: string): string =>
  `rcvi addr unit     ${unit.slice(1).padStart(3)} : hu ${unit.padEnd(3)} (x)`;
const BURST = ['A3', 'J10', 'J10', 'J10', 'M3', 'A3', 'M7', 'A3'].map(address);
const ON = 'rcvi func           On : hc A';

test('nothing that it writes is motion, and explain says why', () => {
  const { published, found } = replay([hall], [...BURST, ON, '+70', 'rcvi A3 On']);
  expect(published).toEqual(['hall/motion ON', 'hall/event motion', 'hall/motion OFF', 'hall/event clear']);
  const reasons = found.flatMap((finding) => (finding.kind === 'kept' ? [finding.reason] : []));
  expect(reasons).toContain(
    'heyu is out of step with its spool: no X10; what waited for a function is dropped (2)',
  );
  expect(reasons).toHaveLength(6);
});

/** A core that has heard lines, `+5` = 5 s later; what troubles it told of, and how many addresses it dropped. */
function told(
  lines: readonly string[],
  memory?: CoreMemory,
): { troubles: string[]; dropped: number; memory: CoreMemory } {
  const troubles: string[] = [];
  const bridge = listeningBridge(coreSettings({ sensors: [hall] }), memory, 0, {
    trouble: (trouble, begins) => troubles.push(`${trouble} ${begins ? 'begins' : 'ends'}`),
  });
  const { core } = bridge;
  let seconds = 0;
  lines.forEach((line, offset) => {
    if (line.startsWith('+')) seconds += Number(line.slice(1));
    const at = Date.UTC(2026, 10, 22, 12, 0, seconds);
    const text = `${stamp(seconds)}  ${line}`;
    if (!line.startsWith('+'))
      hearLine(
        bridge,
        { text, generation: 'g', offset, file: 'current', notBefore: at, readAt: at + 500 },
        { at, mono: at },
      );
  });
  return { troubles, dropped: core.health.counters.outOfStep, memory: memoryOf(core) };
}

test('it is a problem, told once, until heyu is heard in step', () => {
  const { troubles, dropped } = told([...BURST, ON, '+5', ...BURST, ON, '+62', address('A3'), ON]);
  expect(troubles).toEqual(['spool_out_of_step begins', 'spool_out_of_step ends']);
  expect(dropped).toBe(14);
});

test('a bridge that dies amid it has not forgotten', () => {
  const { memory } = told([address('J10'), address('J10')]);
  expect(told([address('J10'), ON], JSON.parse(JSON.stringify(memory)) as CoreMemory).dropped).toBe(2);
});

test('a memory of version 0.1 counts from 0', () => {
  const { memory } = told([]);
  const { outOfStep, ...counters } = rememberedHealth().counters;
  expect(outOfStep).toBe(0);
  const old = JSON.parse(
    JSON.stringify({ ...memory, spool: undefined, health: { counters, troubles: {} } }),
  ) as CoreMemory;
  expect(told(BURST, old).dropped).toBe(7);
});
