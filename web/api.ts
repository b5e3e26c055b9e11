/** Requests to the service. Every address is relative to the page, so that it works below any prefix. */

import type { Refused } from '../src/web/protocol.js';

/** What the service answers; status 0 = it was not reached. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly status: number;
      readonly error: string;
      readonly hint: string | undefined;
    };

/** Longer than any answer takes, shorter than the patience of a person. */
const PATIENCE_MS = 20_000;

/** GET ./api/`path`. */
export function ask<T>(
  path: string,
  query: Readonly<Record<string, string | number>> = {},
): Promise<Answer<T>> {
  const pairs = Object.entries(query).map(([key, value]) => [key, String(value)]);
  return request(pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`, {});
}

/** POST ./api/`path`. */
export function post<T>(path: string, body: object): Promise<Answer<T>> {
  const headers = { 'content-type': 'application/json' };
  return request(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function request<T>(path: string, options: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(`./api/${path}`, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok) return { ok: true, value: (await response.json()) as T };
    const { error = response.statusText, hint } = await response.json().then(
      (refused: Partial<Refused>) => refused,
      (): Partial<Refused> => ({}),
    );
    return { ok: false, status: response.status, error, hint };
  } catch {
    const error = 'the service does not answer';
    return { ok: false, status: 0, error, hint: 'is it running? sudo systemctl status heyu2mqtt' };
  }
}
