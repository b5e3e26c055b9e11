/** How the keys of the page (`web.*`) are written. */

import { refused } from '../common/error.js';
import { quote } from '../common/text.js';
import { hostName, type Listen } from '../web/access.js';
import { type Form, good, plain, type Reading, single } from './forms.js';

const HOW = 'write off, a port, ADDRESS:PORT such as 0.0.0.0:8710, or the path of a unix socket';

/** `off`, `8710`, `0.0.0.0:8710`, `[::]:8710` or `/run/heyu2mqtt/web.sock`. A port alone is one of this machine only. */
export const listen: Form<Listen | 'off'> = single(
  'address',
  readListen,
  { type: ['string', 'number', 'boolean'] },
  (value) => (value === 'off' ? 'off' : writeListen(value)),
);

/** As it is written in the configuration. */
function writeListen(value: Listen): string {
  if (value.kind === 'socket') return value.path;
  return `${value.host.includes(':') ? `[${value.host}]` : value.host}:${value.port}`;
}

function readListen(given: string): Reading<Listen | 'off'> {
  const written = given.trim();
  if (/^(off|false|no)$/i.test(written)) return good('off');
  const bad = refused(`${quote(given)} is not a valid address to listen on`, HOW);
  if (written.startsWith('/'))
    return /\p{Cc}/u.test(written) || written.length > 100 ? bad : good({ kind: 'socket', path: written });
  const [, bracketed, plainHost, digits = ''] =
    /^(?:(?:\[([0-9a-f:.]+)\]|([\d.]+|localhost)):)?(\d{1,5})$/i.exec(written) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plainHost ?? '127.0.0.1';
  const isHost = bracketed !== undefined || host === 'localhost' || isIPv4(host);
  return digits === '' || port < 1 || port > 65_535 || !isHost ? bad : good({ kind: 'port', host, port });
}

function isIPv4(host: string): boolean {
  const parts = host.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

/** Where the owner calls the page: an address with `http://` or `https://`, with a slash at its end. */
export const pageUrl: Form<string> = plain(
  'address',
  (given) => {
    const written = given.trim();
    const url = URL.canParse(written) ? new URL(written) : undefined;
    if (
      url === undefined ||
      !/^https?:$/.test(url.protocol) ||
      url.username !== '' ||
      url.hash + url.search !== ''
    )
      return refused(
        `${quote(given)} is not a valid address of a page`,
        'write it as the browser shows it, such as http://pi.local:8710/',
      );
    return good(url.href.endsWith('/') ? url.href : `${url.href}/`);
  },
  { type: 'string', pattern: '^ *https?://' },
);

/** A name of the machine, without a port. */
export const pageHost: Form<string> = plain(
  'name',
  (given) => {
    const name = hostName(given.trim());
    return name === undefined || given.includes(':')
      ? refused(
          `${quote(given)} is not a valid name of a machine`,
          'write it without http:// and port, such as pi.fritz.box',
        )
      : good(name);
  },
  { type: 'string', pattern: '^ *[A-Za-z0-9._-]+ *$' },
);

/** Who may show the page in a frame: scheme, host and port of a site. */
export const frameAncestor: Form<string> = plain(
  'site',
  (given) => {
    const written = given.trim().replace(/\/$/, '').toLowerCase();
    return /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(written)
      ? good(written)
      : refused(
          `${quote(given)} is not a valid site`,
          'write scheme, name and port, such as https://home.example:8123',
        );
  },
  { type: 'string', pattern: '^ *https?://' },
);
