/** The files of the page, read once: no path of a request ever touches the disk. */

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { orElse } from '../../common/error.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

/** A file as it is sent. */
export class Asset {
  readonly type: string;
  readonly body: Buffer;
  /** Its name changes with its content. */
  readonly isImmutable: boolean;
  #gzip: Buffer | undefined;

  constructor(name: string, type: string, body: Buffer) {
    this.type = type;
    this.body = body;
    this.isImmutable = /-[A-Za-z0-9_]{6,}\.\w+$/.test(name);
  }

  /** The same, compressed when it is first asked for. */
  get gzip(): Buffer {
    return (this.#gzip ??= gzipSync(this.body, { level: 9 }));
  }
}

/** By path, `/` and `/app-3F2A8K.js`; empty where the program was built without a page. */
export function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of orElse(() => readdirSync(folder), [])) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const asset = new Asset(name, type, readFileSync(join(folder, name)));
    assets.set(name === 'index.html' ? '/' : `/${name}`, asset);
  }
  return assets;
}
