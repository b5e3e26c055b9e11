import { describe, expect, it } from 'vitest';
import {
  accessOf,
  admit,
  contentSecurityPolicy,
  type AccessSettings,
  type Asked,
} from '../../src/web/access.js';

const SETTINGS: AccessSettings = {
  hosts: ['pi.fritz.box'],
  url: 'https://x10.example/house/',
  ingress: false,
  openReading: false,
  machine: 'pi',
};

const asked = (headers: readonly string[], more: Partial<Asked> = {}): Asked => ({
  method: 'GET',
  headers,
  peer: '127.0.0.1',
  isLoopback: true,
  ...more,
});

/** `open`, `nobody`, `ingress`, or the status of a refusal. */
function verdict(
  headers: readonly string[],
  more: Partial<Asked> = {},
  settings: Partial<AccessSettings> = {},
): unknown {
  const answer = admit(asked(headers, more), { ...SETTINGS, ...settings });
  return 'status' in answer ? answer.status : answer.by;
}

describe('under which name the page may be opened', () => {
  it.each([
    ['localhost', 'open'],
    ['localhost:8710', 'open'],
    ['LOCALHOST:8710', 'open'],
    ['localhost.:8710', 'open'],
    ['127.0.0.1:8710', 'open'],
    ['[::1]:8710', 'open'],
    // safe, but nothing says that it came from this machine alone
    ['house.localhost', 'nobody'],
    ['127.0.0.2', 'nobody'],
    ['192.168.1.5:8710', 'nobody'],
    ['[fe80::1]', 'nobody'],
    ['pi', 'nobody'],
    ['pi.local', 'nobody'],
    ['PI.local.:8710', 'nobody'],
    ['pi.fritz.box', 'nobody'],
    ['x10.example', 'nobody'],
    // names that a stranger can make point here
    ['evil.example', 421],
    ['localhost.evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['127.0.0.1.nip.io', 421],
    ['evilpi.fritz.box', 421],
    ['pi.fritz.box.evil.example', 421],
    ['other.local', 421],
    ['2130706433', 421],
    ['0x7f.1', 421],
    ['127.1', 421],
    ['256.1.1.1', 421],
    // no names
    ['', 400],
    ['localhost:8710:1', 400],
    ['user@localhost', 400],
    ['localhost/../', 400],
    ['local host', 400],
    ['localhost:99999999', 400],
  ])('%s: %s', (host, expected) => {
    expect(verdict(['Host', host])).toBe(expected);
  });

  it('is said once, or not at all', () => {
    expect(verdict([])).toBe(400);
    expect(verdict(['Host', 'localhost', 'host', 'localhost'])).toBe(400);
    expect(verdict(['Host', 'localhost', 'Host', 'evil.example'])).toBe(400);
  });
});

describe('reading without a log-in', () => {
  const LOCAL = ['Host', 'localhost:8710'];

  it.each([
    'Forwarded',
    'X-Forwarded-For',
    'x-forwarded-host',
    'X-Forwarded-Proto',
    'X-Forwarded',
    'Via',
    'X-Real-IP',
    'X-Ingress-Path',
    'X-Remote-User-Id',
    'X-Remote-User',
    'CF-Connecting-IP',
  ])('ends behind a proxy: %s', (name) => {
    expect(verdict([...LOCAL, name, 'anything'])).toBe('nobody');
    expect(verdict([...LOCAL, name, ''])).toBe('nobody');
  });

  it('is for this machine alone', () => {
    expect(verdict(LOCAL)).toBe('open');
    expect(verdict(LOCAL, { isLoopback: false })).toBe('nobody');
    expect(verdict(LOCAL, { peer: '192.168.1.7' })).toBe('nobody');
    expect(verdict(LOCAL, { peer: '' })).toBe('nobody');
    expect(verdict(LOCAL, { peer: '::ffff:127.0.0.1' })).toBe('open');
    expect(verdict(LOCAL, { peer: '::1' })).toBe('open');
  });

  it('is for everybody where the owner says so', () => {
    const open = { openReading: true };
    expect(verdict(['Host', 'pi.local'], { isLoopback: false, peer: '192.168.1.7' }, open)).toBe('open');
    expect(verdict(['Host', 'evil.example'], {}, open)).toBe(421);
  });

  it('never allows to write', () => {
    const access = accessOf({ by: 'open', user: null }, undefined);
    expect(access).toEqual({ by: 'open', user: null, mayRead: true, mayWrite: false });
    expect(accessOf({ by: 'nobody', user: null }, undefined)).toMatchObject({
      mayRead: false,
      mayWrite: false,
    });
    // Home Assistant has asked who it is; to change something takes a token all the same
    const ofHomeAssistant = { by: 'ingress', user: 'Jane' } as const;
    expect(accessOf(ofHomeAssistant, undefined)).toMatchObject({
      user: 'Jane',
      mayRead: true,
      mayWrite: false,
    });
    expect(accessOf(ofHomeAssistant, 'phone')).toMatchObject({ by: 'token', user: 'phone', mayWrite: true });
    expect(accessOf({ by: 'nobody', user: null }, 'phone')).toMatchObject({
      by: 'token',
      user: 'phone',
      mayWrite: true,
    });
  });
});

describe('requests that another site has sent', () => {
  it.each([
    ['http://localhost:8710', 'open'],
    ['https://localhost:8710', 'open'],
    // behind a proxy that writes a Host of its own
    ['https://x10.example', 'open'],
    ['http://x10.example', 403],
    ['http://localhost', 403],
    ['http://localhost:8711', 403],
    ['http://evil.example', 403],
    ['http://localhost:8710.evil.example', 403],
    ['http://localhost:8710@evil.example', 403],
    ['null', 403],
    ['', 403],
    ['file://', 403],
  ])('Origin %s: %s', (origin, expected) => {
    expect(verdict(['Host', 'localhost:8710', 'Origin', origin])).toBe(expected);
    expect(verdict(['Host', 'localhost:8710', 'Origin', origin], { method: 'POST' })).toBe(expected);
  });

  it.each([
    ['same-origin', 'cors', 'open'],
    ['none', 'navigate', 'open'],
    ['cross-site', 'navigate', 'open'],
    ['cross-site', 'no-cors', 403],
    ['cross-site', 'cors', 403],
    ['same-site', 'cors', 403],
  ])('Sec-Fetch-Site %s, %s: %s', (site, mode, expected) => {
    expect(verdict(['Host', 'localhost', 'Sec-Fetch-Site', site, 'Sec-Fetch-Mode', mode])).toBe(expected);
  });

  it('may not navigate by a form', () => {
    const headers = ['Host', 'localhost', 'Sec-Fetch-Site', 'cross-site', 'Sec-Fetch-Mode', 'navigate'];
    expect(verdict(headers, { method: 'POST' })).toBe(403);
  });
});

describe("Home Assistant's ingress", () => {
  const HEADERS = [
    'Host',
    'abc.ui.nabu.casa',
    'X-Ingress-Path',
    '/api/hassio_ingress/x',
    'X-Remote-User-Name',
    'jane',
    'X-Remote-User-Display-Name',
    'Jane',
  ];
  const PEER = { peer: '172.30.32.2', isLoopback: false };

  it('is believed where it was allowed, and from its own address', () => {
    expect(admit(asked(HEADERS, PEER), { ...SETTINGS, ingress: true })).toEqual({
      by: 'ingress',
      user: 'Jane',
    });
    expect(verdict(HEADERS, PEER)).toBe(421);
    expect(verdict(HEADERS, { ...PEER, peer: '172.30.32.3' }, { ingress: true })).toBe(421);
    expect(verdict(HEADERS, { peer: '127.0.0.1' }, { ingress: true })).toBe(421);
    expect(verdict(HEADERS, { ...PEER, peer: '::ffff:172.30.32.2' }, { ingress: true })).toBe('ingress');
  });

  it('still keeps other sites out', () => {
    const from = (origin: string): unknown =>
      verdict([...HEADERS, 'Origin', origin], PEER, { ingress: true });
    expect(from('https://abc.ui.nabu.casa')).toBe('ingress');
    expect(from('https://evil.example')).toBe(403);
  });
});

it('lets nothing but its own scripts run, and nobody else show it', () => {
  expect(contentSecurityPolicy([])).toMatchInlineSnapshot(
    `"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types lit-html"`,
  );
  expect(contentSecurityPolicy(['https://home.example:8123'])).toContain(
    "frame-ancestors 'self' https://home.example:8123;",
  );
});
