/** Where a broker is: its url taken apart, with the secrets kept away from what is shown. */

/** `mqtt` and `ws` are plain, `mqtts` and `wss` use TLS. */
type BrokerProtocol = 'mqtt' | 'mqtts' | 'ws' | 'wss';

export type BrokerUrl = {
  readonly protocol: BrokerProtocol;
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** For web sockets: path and query. */
  readonly path: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** For people: without user and password. */
  readonly shown: string;
};

const PROTOCOLS: Readonly<Record<string, { readonly protocol: BrokerProtocol; readonly port: number }>> = {
  'mqtt:': { protocol: 'mqtt', port: 1883 },
  'tcp:': { protocol: 'mqtt', port: 1883 },
  'mqtts:': { protocol: 'mqtts', port: 8883 },
  'ssl:': { protocol: 'mqtts', port: 8883 },
  'tls:': { protocol: 'mqtts', port: 8883 },
  'ws:': { protocol: 'ws', port: 80 },
  'wss:': { protocol: 'wss', port: 443 },
};

/** Takes a broker url apart; undefined when it is none. */
export function parseBrokerUrl(text: string): BrokerUrl | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const known = PROTOCOLS[url.protocol];
  if (known === undefined || url.hostname === '') return undefined;
  const { protocol } = known;
  const port = url.port === '' ? known.port : Number(url.port);
  if (port === 0) return undefined;
  const isWebSocket = protocol === 'ws' || protocol === 'wss';
  const path = isWebSocket ? `${url.pathname}${url.search}` : '';
  return {
    protocol,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    path,
    username: url.username === '' ? undefined : decoded(url.username),
    password: url.password === '' ? undefined : decoded(url.password),
    // a query may carry a token
    shown: `${protocol}://${url.hostname}:${port}${isWebSocket ? url.pathname : ''}`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
