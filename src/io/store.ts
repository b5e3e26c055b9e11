/**
 * The state directory: a small JSON document that is replaced as a whole (after a power failure either the old or the new
 * one is there, never half of one; what cannot be understood is set aside, not overwritten, and never fatal), the ids
 * that were acknowledged since, copies of the last good configuration, and who uses the directory.
 */
import { readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { errorCode, errorText } from '../common/error.js';
import { isObject, parseJson } from '../common/json.js';
import type { IdFile, StateStore } from '../ports.js';
import { stateFileSystem, type StateFileSystem } from './file-system.js';
import { claim, digestOf, holderOf, syncDirectory, writeDurably, type Claim } from './files.js';

/** Why a stored document was not used. */
export type SetAsideReason =
  /** It is not what `save` writes: the disk was full or failed, or somebody has edited it. */
  | 'damaged'
  /** A later version of this program wrote it. */
  | 'future';

/** How to open a store. */
export type StoreOptions = {
  /** Told when a document was set aside: where it is now (its own path if it cannot be moved), and why. */
  readonly onSetAside?: (path: string, reason: SetAsideReason) => void;
  /** Wall time in epoch milliseconds, for the name of what is set aside. */
  readonly wallMs?: () => number;
  /** Where it is; the machine's own file system unless a test brings another. */
  readonly files?: StateFileSystem;
};

/** The form of the envelope, not of the document in it. */
const VERSION = 1;

type Found =
  | { readonly kind: 'document'; readonly document: unknown }
  | { readonly kind: 'nothing' }
  | { readonly kind: SetAsideReason };

/**
 * The store at `path`, beside which it needs to write. `load` and `save` reject with an error for people when the
 * file system refuses. Documents are anything that JSON can hold.
 */
export function openStore(path: string, options: StoreOptions = {}): StateStore {
  const { onSetAside = () => undefined, wallMs = Date.now, files = stateFileSystem } = options;
  const temporary = `${path}.new`;
  const jsonOf = partwise();
  let queue: Promise<unknown> = Promise.resolve();

  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(act);
    queue = result.catch(() => undefined);
    return result;
  };

  const setAside = async (reason: SetAsideReason): Promise<void> => {
    const stamp = new Date(wallMs()).toISOString().replace(/[-:]|\.\d+/g, '');
    const aside = `${path}.${reason}-${stamp}`;
    const moved = files.rename(path, aside).then(() => aside);
    onSetAside(await moved.catch(() => path), reason);
  };

  const load = async (): Promise<unknown> => {
    const found = await readEnvelope(path, files);
    if (found.kind === 'document') return found.document;
    if (found.kind !== 'nothing') await setAside(found.kind);
    if (found.kind === 'future') return undefined;
    const written = await readEnvelope(temporary, files);
    if (written.kind !== 'document') return undefined;
    await files.rename(temporary, path).catch(() => undefined);
    return written.document;
  };

  const save = async (document: unknown): Promise<void> => {
    const content = jsonOf(document);
    const text = `{"version":${VERSION},"digest":"${digestOf(content)}","document":${content}}`;
    try {
      await files.rm(temporary, { force: true });
      await writeDurably(temporary, text, files);
      await files.rename(temporary, path);
      await syncDirectory(dirname(path), files);
    } catch (error) {
      await files.rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  };

  return {
    acknowledged: openIdFile(join(dirname(path), 'acknowledged'), files),
    load: () => inTurn(() => load().catch((error: unknown) => fail('read', path, error))),
    save: (document) => inTurn(() => save(document).catch((error: unknown) => fail('write', path, error))),
  };
}

/**
 * Writes JSON as `JSON.stringify` does, but asks a part of an object only once for its own as long as it is the same
 * part: most of a document is what it was a moment ago.
 */
function partwise(): (document: unknown) => string {
  const known = new Map<string, { readonly part: unknown; readonly text: string | undefined }>();
  const textOfPart = (name: string, part: unknown): string | undefined => {
    const last = known.get(name);
    if (last?.part === part) return last?.text;
    // of undefined there is no JSON, which the type does not say
    const text = JSON.stringify(part) as string | undefined;
    known.set(name, { part, text });
    return text;
  };
  return (document) => {
    if (!isObject(document)) return JSON.stringify(document);
    const parts = Object.entries(document).flatMap(([name, part]) => {
      const text = textOfPart(name, part);
      return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`];
    });
    return `{${parts.join()}}`;
  };
}

/** What `save` has written to a file; only looked at. Rejects with the file system's error, but for a file that is not there. */
export async function readEnvelope(file: string, files: StateFileSystem = stateFileSystem): Promise<Found> {
  let text: string;
  try {
    text = await files.readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { kind: 'nothing' };
    throw error;
  }
  const envelope = parseJson(text);
  if (!isObject(envelope) || typeof envelope['version'] !== 'number') return { kind: 'damaged' };
  if (envelope['version'] > VERSION) return { kind: 'future' };
  const { version, digest, document } = envelope;
  // One changed byte leaves JSON what it is more often than not, but makes a place in the log another one: old motion
  // would be read again as new.
  const isWhole =
    version === VERSION && 'document' in envelope && digest === digestOf(JSON.stringify(document));
  return isWhole ? { kind: 'document', document } : { kind: 'damaged' };
}

function fail(what: 'read' | 'write', path: string, error: unknown): never {
  const reason = storeTrouble(errorCode(error), dirname(path)) ?? errorText(error);
  throw new Error(`cannot ${what} ${path}: ${reason}`, { cause: error });
}

/** What an error code of the file system means here, and what to do; undefined when only the system knows. */
export function storeTrouble(code: string, directory: string): string | undefined {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; make room';
    case 'EROFS':
      return 'the file system is read-only; mount it writable or set state_dir to a directory elsewhere';
    case 'EACCES':
    case 'EPERM':
      return `permission denied; let the user of the service write to ${directory}`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `the directory ${directory} does not exist; create it`;
    case 'EISDIR':
      return 'this is a directory; remove it';
    default:
      return undefined;
  }
}

/** The file that names who uses a state directory. */
const inUse = (directory: string): string => join(directory, 'in-use');

/** Claims a state directory: two services would count every motion twice and overwrite each other's place in the log. */
export function claimDirectory(directory: string): Claim {
  return claim(inUse(directory));
}

/** The number of the living process that uses the state directory. */
export function userOf(directory: string): number | undefined {
  return holderOf(inUse(directory));
}

// --- Ids.

/**
 * Ids in a file, one a line, each with a checksum: a line that is cut off or damaged is left out and never taken for
 * another id. Nothing waits for the disk (no fsync): what was written outlives the process, not always the power.
 * The file is at `path`, beside which it needs to write.
 */
export function openIdFile(path: string, files: StateFileSystem = stateFileSystem): IdFile {
  // the last writer may have died, or found the disk full, within a line
  let isTorn = true;
  return {
    load: async () => {
      const text = await files.readFile(path, 'utf8').catch(() => '');
      return text.split('\n').flatMap((line) => idOf(line) ?? []);
    },
    append: async (ids) => {
      const before = isTorn ? '\n' : '';
      isTorn = true;
      await files.appendFile(path, before + textOf(ids), { mode: 0o600 });
      isTorn = false;
    },
    replace: async (ids) => {
      const temporary = `${path}.new`;
      await files.writeFile(temporary, textOf(ids), { mode: 0o600 });
      await files.rename(temporary, path);
      isTorn = false;
    },
  };
}

function lineOf(id: string): string {
  return `${id} ${crc32(id).toString(16).padStart(8, '0')}`;
}

function textOf(ids: readonly string[]): string {
  return ids.map((id) => `${lineOf(id)}\n`).join('');
}

function idOf(line: string): string | undefined {
  const id = line.slice(0, -9);
  return id !== '' && line === lineOf(id) ? id : undefined;
}

// --- Copies of files that belong together.

/** A file: its name in the directory, where it came from, and what was in it. */
export type KeptFile = { readonly name: string; readonly path: string; readonly text: string };

/** A set of files. */
export type KeptFiles = {
  /** When it was kept, epoch ms. */
  readonly at: number;
  readonly files: readonly KeptFile[];
  /** What else was true then. */
  readonly notes: Readonly<Record<string, string>>;
};

const INDEX = 'index.json';

/**
 * Replaces the set in `directory`, whose parent has to exist: at any power failure one complete set is
 * there. Plain files, so that a person can copy one back. Rejects when the file system refuses.
 */
export async function keepFiles(directory: string, { at, files, notes }: KeptFiles): Promise<void> {
  const fresh = `${directory}.new`;
  const old = `${directory}.old`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  for (const { name, text } of files) await writeDurably(join(fresh, name), text);
  const index = files.map(({ name, path, text }) => ({ name, path, digest: digestOf(text) }));
  // the index makes the set complete
  const set: Index = { version: VERSION, at, files: index, notes };
  await writeDurably(join(fresh, INDEX), `${JSON.stringify(set)}\n`);
  await syncDirectory(fresh);
  await rm(old, { recursive: true, force: true });
  await rename(directory, old).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  await rename(fresh, directory);
  await syncDirectory(dirname(directory));
  await rm(old, { recursive: true, force: true });
}

/** The set in `directory`; undefined when there is none that is complete and unchanged, or none that may be read. */
export function keptFiles(directory: string): KeptFiles | undefined {
  // between two steps of keepFiles it has one of the other names
  for (const place of [directory, `${directory}.new`, `${directory}.old`]) {
    const found = readSet(place);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Index = Omit<KeptFiles, 'files'> & {
  readonly version: number;
  readonly files: readonly (Omit<KeptFile, 'text'> & { readonly digest: string })[];
};

function readSet(directory: string): KeptFiles | undefined {
  try {
    const index = JSON.parse(readFileSync(join(directory, INDEX), 'utf8')) as Index;
    if (index.version !== VERSION) return undefined;
    const files = index.files.map(({ name, path, digest }) => {
      const text = readFileSync(join(directory, name), 'utf8');
      if (digestOf(text) !== digest) throw new Error(`${name} was changed`);
      return { name, path, text };
    });
    return { at: index.at, files, notes: index.notes };
  } catch {
    return undefined;
  }
}
