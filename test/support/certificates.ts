/** Certificates for tests, made by openssl in a directory of their own. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The name of the tests' brokers: their address, because not every machine knows `localhost`. */
const BROKER = 'IP:127.0.0.1';

/** A certificate and its key: the files and what is in them (PEM). */
export type Certificate = {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
  readonly key: Buffer;
};

export type TestAuthority = Certificate & {
  /** Signs a certificate for a server or a client with these names, such as `DNS:broker.example`; by default that of BROKER. */
  readonly sign: (name: string, names?: readonly string[], validDays?: number) => Certificate;
  readonly remove: () => void;
};

/** What a broker with TLS is tried with: a private authority, another one, and what the first has signed. */
export type TestTls = {
  readonly authority: TestAuthority;
  readonly stranger: TestAuthority;
  readonly server: Certificate;
  readonly client: Certificate;
  /** The files of the broker. */
  readonly of: (certificate?: Certificate) => {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
  };
  readonly remove: () => void;
};

/** Makes them. */
export function createTls(): TestTls {
  const [authority, stranger] = [createAuthority(), createAuthority('stranger')];
  const server = authority.sign('server');
  return {
    authority,
    stranger,
    server,
    client: authority.sign('client'),
    of: ({ certFile, keyFile } = server) => ({ ca: authority.certFile, cert: certFile, key: keyFile }),
    remove: () => {
      authority.remove();
      stranger.remove();
    },
  };
}

/** Makes a private authority. `validDays` of what it signs may be negative: expired. */
export function createAuthority(commonName = 'test authority'): TestAuthority {
  const directory = mkdtempSync(join(tmpdir(), 'certificates-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  };
  const paths = (name: string): { certFile: string; keyFile: string } => ({
    certFile: join(directory, `${name}.pem`),
    keyFile: join(directory, `${name}.key`),
  });
  const read = (name: string): Certificate => {
    const { certFile, keyFile } = paths(name);
    return { certFile, keyFile, cert: readFileSync(certFile), key: readFileSync(keyFile) };
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

  openssl(
    ...['req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30'],
    ...['-subj', `/CN=${commonName}`],
  );
  // "openssl ca" is the one command that can make a certificate of the past
  writeFileSync(join(directory, 'index.txt'), '');
  writeFileSync(join(directory, 'serial'), '01\n');
  writeFileSync(
    join(directory, 'ca.cnf'),
    [
      '[ca]\ndefault_ca = own',
      '[own]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\npolicy = any\ndefault_md = sha256',
      'unique_subject = no\ncopy_extensions = copy',
      '[any]\ncommonName = supplied\n',
    ].join('\n'),
  );
  return {
    ...read('ca'),
    sign: (name, names = [BROKER], validDays = 30) => {
      openssl(
        ...['req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`],
        ...['-addext', `subjectAltName=${names.join(',')}`],
      );
      const now = Date.now();
      const days = (count: number): string => asn1Time(new Date(now + count * 86_400_000));
      openssl(
        ...['ca', '-batch', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-notext'],
        ...[
          '-startdate',
          days(-20),
          '-enddate',
          days(validDays),
          '-in',
          `${name}.csr`,
          '-out',
          `${name}.pem`,
        ],
      );
      return read(name);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function asn1Time(time: Date): string {
  return `${time.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}
