/** What the broker's access control lets us do. Some brokers say no aloud, mosquitto grants and keeps silent. */

import type { AccessSeen, ReadSeen, WriteSeen } from './observations.js';
import type { Row } from './row.js';

/** Judges reading and writing, one row for each denial. */
export function judgeAccess({ reads, writes }: AccessSeen): readonly Row[] {
  const rows = [...writes.flatMap(writeRow), ...reads.flatMap(readRow)];
  const good = writes.filter(({ outcome }) => outcome === 'came back').length;
  const granted = reads.filter(({ code }) => code < 0x80).length;
  return [
    ...(good > 0
      ? [
          {
            area: 'access',
            trial: 'messages beside the topics that the bridge writes',
            expected: `${writes.length} come back`,
            actual: `${good} come back`,
            result: good === writes.length ? 'ok' : 'note',
          } as const,
        ]
      : []),
    ...(granted > 0
      ? [
          {
            area: 'access',
            trial: 'subscriptions to the topics that the bridge reads',
            expected: `${reads.length} are granted`,
            actual: `${granted} are granted`,
            result: granted === reads.length ? 'ok' : 'note',
          } as const,
        ]
      : []),
    ...rows,
  ];
}

function writeRow({ topic, use, outcome }: WriteSeen): readonly Row[] {
  if (outcome === 'came back') return [];
  const row = { area: 'access', trial: `${topic} (${use})`, expected: 'written and read' } as const;
  const fault = (actual: string, reason: string): Row[] => [{ ...row, actual, result: 'fault', reason }];
  switch (outcome) {
    case 'refused':
      return fault('the broker refuses to take it', `access control: we may not write beside ${topic}`);
    case 'not to be read':
      return fault('taken, but not delivered', `access control: we may write ${topic}, but not read it`);
    case 'silent':
      return fault(
        'not delivered; MQTT 3.1.1 does not say whether writing or reading is denied',
        `access control: what we write to ${topic} does not come back`,
      );
  }
}

function readRow({ topic, use, code, held, isState }: ReadSeen): readonly Row[] {
  const row = { area: 'access', trial: `${topic} (${use})` } as const;
  if (code >= 0x80)
    return [
      {
        ...row,
        expected: 'granted',
        actual: code === 0x97 ? 'refused: too many subscriptions' : 'refused, or not answered',
        result: 'fault',
        reason: `access control: we may not subscribe to ${topic}`,
      },
    ];
  if (!isState || held) return [];
  return [
    {
      ...row,
      expected: 'granted, and a retained state',
      actual: 'granted, and nothing came: nothing is retained there, or we may not read it',
      result: 'unknown',
    },
  ];
}
