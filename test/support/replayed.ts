/** What the bridge publishes for lines of a log: the whole pure core, without a broker. */

import { Explainer } from '../../src/bridge/explain.js';
import type { Finding } from '../../src/bridge/core.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import type { CoreSettings } from '../../src/core-settings.js';
import { coreSettings } from './settings.js';

/** Messages without last_seen and last_event; `events` of JSON as "topic event_type". */
export type Replayed = {
  readonly published: readonly string[];
  readonly found: readonly Finding[];
};

const NOON = Date.UTC(2026, 10, 22, 12);

/** A stamp of heyu, so many seconds after 22 November 2026, 12:00:00. */
export function stamp(seconds: number): string {
  return new Date(NOON + seconds * 1000).toISOString().slice(5, 19).replace('-', '/').replace('T', ' ');
}

/** The two lines of standard X10: `rcvi A3 On`. */
function pair(source: string, address: string, name: string): string[] {
  const [, house = '', unit = ''] = /^([A-P])(\d+)$/.exec(address) ?? [];
  return [
    `${source} addr unit     ${unit.padStart(3)} : hu ${house}${unit.padEnd(2)} (_no_alias_)`,
    `${source} func ${name.padStart(12)} : hc ${house}`,
  ];
}

const SHORT = /^(rcv[iat]|snd[acpsmt]) ([A-P]\d+) (\w+)$/;

/**
 * Plays lines: `+5` lets 5 s pass, `rcvi A3 On` is an address and a function, anything else is a line without its
 * stamp. At the end every hold time is over.
 */
export function replay(
  sensors: readonly SensorSettings[],
  lines: readonly string[],
  more: Partial<CoreSettings> = {},
): Replayed {
  const found: Finding[] = [];
  const settings = coreSettings({ sensors, ...more });
  const scene = { year: 2026, armed: [], disarmed: [] };
  const explainer = new Explainer(settings, scene, ({ finding }) => found.push(finding));
  let seconds = 0;
  let number = 0;
  for (const line of lines) {
    if (line.startsWith('+')) {
      seconds += Number(line.slice(1));
      continue;
    }
    const [, source, address, name] = SHORT.exec(line) ?? [];
    for (const text of source && address && name ? pair(source, address, name) : [line]) {
      number += 1;
      explainer.line(`${stamp(seconds)}  ${text}`, 'log', number, number * 100);
    }
  }
  explainer.end();
  return { published: found.flatMap(publishedBy), found };
}

/** The bridge over lines as they are written, stamps and all. */
export function written(sensors: readonly SensorSettings[]): {
  readonly explain: (line: string) => void;
  readonly published: () => readonly string[];
} {
  const found: Finding[] = [];
  const scene = { year: 2026, armed: [], disarmed: [] };
  const explainer = new Explainer(coreSettings({ sensors }), scene, ({ finding }) => found.push(finding));
  let number = 0;
  return {
    explain: (line) => {
      number += 1;
      explainer.line(line, 'log', number, number * 1000);
    },
    published: () => {
      explainer.end();
      return found.flatMap(publishedBy);
    },
  };
}

function publishedBy(finding: Finding): string[] {
  if (finding.kind !== 'publish' || /\/last_(seen|event)$/.test(finding.topic)) return [];
  const topic = finding.topic.replace(/^x10\//, '');
  if (finding.retain) return [`${topic} ${finding.payload}`];
  return [`${topic} ${(JSON.parse(finding.payload) as { event_type: string }).event_type}`];
}
