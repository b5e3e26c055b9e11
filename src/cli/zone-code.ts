/** `heyu2mqtt zone code`: the codes that disarm a zone. Only hashes of the codes are stored. */

import type { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { didYouMean, quote } from '../common/text.js';
import { DAMAGED_HINT, hintFor, NO_CODES, parseCodes, writeCodes } from '../config/codes.js';
import { formatProblem } from '../config/problem.js';
import { readTextFile, rewriteFile } from '../config/text-file.js';
import { hashCode } from '../io/codes.js';
import type { Codes, ZoneCodes } from '../ports.js';
import { askOnTerminal } from './ask.js';
import { configFileOf, DEFAULT_CONFIG, loadOrFail, type Given, OPTIONS, withSudo } from './configured.js';
import { codesSteps, complete, PATHS, systemdVersion } from './service-install.js';
import { CommandError, EXIT, processTerminal } from './terminal.js';

/** The command `zone code add`. */
export function zoneCodeAddCommand(command: Command): void {
  withZone(command)
    .argument('<name>', 'the owner of the code; this name is reported when the code is used')
    .action((zone: string, name: string, given: Given) => add(zone, name, given));
}

/** The command `zone code list`. */
export function zoneCodeListCommand(command: Command): void {
  withZone(command)
    .addOption(OPTIONS.json)
    .action((zone: string, given: Given) => list(zone, given));
}

/** The command `zone code remove`. */
export function zoneCodeRemoveCommand(command: Command): void {
  withZone(command)
    .argument('<name>', 'the owner of the code')
    .action((zone: string, name: string, given: Given) => remove(zone, name, given));
}

function withZone(command: Command): Command {
  return command.argument('<zone>', 'the key of the zone in the configuration').addOption(OPTIONS.config);
}

type Place = {
  readonly path: string;
  readonly codes: Exclude<Codes, 'damaged'>;
  /** Of the file; undefined = there is none. */
  readonly hash: string | undefined;
  /** The service is given it by systemd. */
  readonly isCredential: boolean;
  /** Zones beside this one that may have codes. */
  readonly others: readonly string[];
};

/** Where the codes are, after a look at whether the zone can have one. */
function placeFor(zone: string, given: Given): Place {
  // what is wrong with the codes is for this command to say
  const { configuration } = loadOrFail(given.config, 'codes_file');
  const settings = configuration.core.zones.find((each) => each.zone === zone);
  if (settings === undefined) {
    const known = configuration.core.zones.map((each) => each.zone);
    throw new CommandError(`there is no zone ${quote(zone)}`, didYouMean(zone, known));
  }
  if (settings.kind === 'external')
    throw new CommandError(`another program keeps ${zone}`, 'it has codes of its own');
  if (settings.kind === 'master')
    throw new CommandError(
      `${zone} is the sum of other zones`,
      `give them codes: ${settings.members.join(', ')}`,
    );
  const named = configuration.files.codes;
  const config = configFileOf(given.config);
  if (named === undefined && config !== undefined && config !== DEFAULT_CONFIG)
    throw new CommandError('it is not known where the codes are', `write into ${config}: codes_file: codes`);
  const path = named ?? PATHS.codes;
  const reading = readTextFile(path);
  if (!reading.ok && !reading.missing)
    throw new CommandError(
      formatProblem(withSudo({ ...reading.problem, hint: hintFor(reading) })),
      undefined,
      EXIT.noInput,
    );
  const codes = reading.ok ? parseCodes(reading.file.text) : {};
  // written again with the code of one zone, it would leave the others without
  if (codes === 'damaged') throw new CommandError(`${path} is damaged`, DAMAGED_HINT);
  const others = configuration.core.zones
    .filter((each) => each.kind === 'owned' && each.zone !== zone)
    .map((each) => each.zone);
  const hash = reading.ok ? reading.file.hash : undefined;
  return { path, codes, hash, isCredential: named === undefined, others };
}

/** The codes that are there; named in the configuration, a file that is missing is an error, except to `add`. */
function placeOfCodes(zone: string, given: Given): Place {
  const place = placeFor(zone, given);
  if (place.hash === undefined && !place.isCredential)
    throw new CommandError(
      `${place.path} does not exist: ${NO_CODES}`,
      `restore it from a copy, or: heyu2mqtt zone code add ${zone} NAME`,
      EXIT.noInput,
    );
  return place;
}

/** The codes of a zone, where there are any. */
function codesOf({ codes }: Place, zone: string): ZoneCodes | undefined {
  return Object.hasOwn(codes, zone) ? codes[zone] : undefined;
}

/** Four digits are guessed within a day in spite of the lock-out; six are not within a year. */
const FEW_DIGITS = 6;

async function add(zone: string, name: string, given: Given): Promise<void> {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u.test(name))
    throw new CommandError(
      `${quote(name)} is not a valid name`,
      'letters, digits, blanks, . _ -; at most 40',
      EXIT.usage,
    );
  const place = placeFor(zone, given);
  const { complain, print } = processTerminal();
  const code = await readCode(name);
  if (!/^\d{4,12}$/.test(code)) throw new CommandError('a code has 4 to 12 digits');
  if (code.length < FEW_DIGITS)
    complain(`six digits and more are hard to guess; this code has ${code.length}`);
  const before = codesOf(place, zone) ?? { salt: randomBytes(16).toString('base64'), hashes: {} };
  const hash = (await hashCode(code, before.salt)).toString('base64');
  const others = Object.entries(before.hashes).filter(([other]) => other !== name);
  if (others.some(([, known]) => known === hash))
    throw new CommandError('this code is already in use', 'choose another one');
  const hashes = Object.fromEntries([...others, [name, hash]]);
  keep(place, { ...place.codes, [zone]: { salt: before.salt, hashes } });
  print(`${zone}: ${name} has a code. disarming needs a code now, arming does not`);
  const without = place.others.filter((other) => !Object.hasOwn(place.codes, other));
  if (place.hash === undefined && without.length > 0) print(`without a code so far: ${without.join(', ')}`);
  sayNext(place);
}

/** A code, typed twice and not shown, or the first line of standard input. */
async function readCode(name: string): Promise<string> {
  if (!processTerminal().isInteractive) return readFileSync(0, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  const code = await askOnTerminal.secret(`Code of ${name}`);
  if ((await askOnTerminal.secret('Once more')) !== code)
    throw new CommandError('these are two different codes, nothing was written');
  return code;
}

function list(zone: string, given: Given): void {
  const place = placeOfCodes(zone, given);
  const names = Object.keys(codesOf(place, zone)?.hashes ?? {});
  const { printJson, print } = processTerminal();
  if (given.json === true) return printJson(names);
  print(names.length === 0 ? `${zone} asks for no code` : names.join('\n'));
}

function remove(zone: string, name: string, given: Given): void {
  const place = placeOfCodes(zone, given);
  const before = codesOf(place, zone);
  if (before === undefined || !Object.hasOwn(before.hashes, name)) {
    const hint = didYouMean(name, Object.keys(before?.hashes ?? {}));
    throw new CommandError(`${zone} has no code of ${quote(name)}`, hint);
  }
  const hashes = Object.fromEntries(Object.entries(before.hashes).filter(([other]) => other !== name));
  const others = Object.fromEntries(Object.entries(place.codes).filter(([other]) => other !== zone));
  const isLast = Object.keys(hashes).length === 0;
  keep(place, isLast ? others : { ...others, [zone]: { salt: before.salt, hashes } });
  processTerminal().print(`${zone}: ${name} has no code any more${isLast ? ', and it asks for none' : ''}`);
  sayNext(place);
}

function keep({ path, hash, isCredential }: Place, codes: Place['codes']): void {
  const text = writeCodes(codes);
  if (!isCredential) {
    // the user of the service may own it: rewriting keeps that
    const written = rewriteFile(path, hash, text, 0o600);
    if (!written.ok) throw new CommandError(written.problem, written.hint);
    return;
  }
  const version = systemdVersion();
  if (version === undefined)
    throw new CommandError(
      'there is no systemd on this machine',
      'name a file in the configuration: codes_file',
    );
  complete(codesSteps(text, version));
}

function sayNext({ isCredential, path }: Place): void {
  const { print } = processTerminal();
  if (isCredential) print('next: sudo systemctl restart heyu2mqtt');
  else if (existsSync(path))
    print(`written: ${path}, which the service has to be able to read; it is read at once`);
}
