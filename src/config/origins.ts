/** Where effective values come from, and which of several sources of a value wins. */
import type { ConfigKey } from './config-keys.js';

/** Where a value comes from. `derived` names in words what it was worked out from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'derived'; readonly from: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string };

/** The origin of every key. */
export type Origins = ReadonlyMap<ConfigKey, Origin>;

/** How much an origin counts: the greater wins. */
export function rankOf(origin: Origin | undefined): number {
  return ['default', 'derived', 'file', 'environment'].indexOf(origin?.kind ?? 'default');
}

/** For people: `default`, `config.yaml:12`, `environment HEYU2MQTT_MQTT_URL`, `x10config /etc/heyu/x10.conf`. */
export function formatOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'derived':
      return origin.from;
    case 'file':
      return `${origin.file.slice(origin.file.lastIndexOf('/') + 1)}:${origin.line}`;
    case 'environment':
      return `environment ${origin.variable}`;
  }
}
