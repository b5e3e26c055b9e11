/** `heyu2mqtt web token`: who may log in to the page. A token is shown once; only its hash is kept. */

import { type Command } from 'commander';
import { dirname } from 'node:path';
import { hostname } from 'node:os';
import { encode } from 'uqr';
import { hintLine } from '../common/error.js';
import { didYouMean, quote } from '../common/text.js';
import type { Configuration } from '../config/load.js';
import { formatProblem } from '../config/problem.js';
import { readTextFile, rewriteFile } from '../config/text-file.js';
import { withEditLock } from '../io/files.js';
import { hashToken, newToken } from '../io/web/guard.js';
import { isLoopback } from '../web/access.js';
import { parseTokens, type Token, tokenNameProblem, writeTokens } from '../web/tokens.js';
import { type Given, loadOrFail, OPTIONS, withSudo } from './configured.js';
import { complete, isKnown, PATHS, SERVICE_USER } from './service-install.js';
import { CommandError, EXIT, processTerminal, table, type Terminal } from './terminal.js';

/** The command `web token add`. */
export function webTokenAddCommand(command: Command): void {
  command
    .argument('<name>', 'name of the token: its owner, or what it is for')
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.json)
    .action(add);
}

/** The command `web token list`. */
export function webTokenListCommand(command: Command): void {
  command.addOption(OPTIONS.config).addOption(OPTIONS.json).action(list);
}

/** The command `web token remove`. */
export function webTokenRemoveCommand(command: Command): void {
  command.argument('<name>', 'name of the token').addOption(OPTIONS.config).action(remove);
}

/** The tokens, and the digest of their file; undefined = there is none yet. */
function readTokens(path: string): {
  readonly tokens: readonly Token[];
  readonly hash: string | undefined;
} {
  const reading = readTextFile(path);
  if (reading.ok) return { tokens: parseTokens(reading.file.text), hash: reading.file.hash };
  if (reading.missing) return { tokens: [], hash: undefined };
  throw new CommandError(formatProblem(withSudo(reading.problem)), undefined, EXIT.noInput);
}

/** Another command waits until this one has written; `change` throws where there is nothing to write. */
function editTokens(path: string, change: (tokens: readonly Token[]) => readonly Token[]): void {
  withEditLock(path, () => {
    const { tokens, hash } = readTokens(path);
    keep(path, hash, change(tokens));
  });
}

function add(name: string, given: Given): void {
  const problem = tokenNameProblem(name);
  if (problem !== undefined)
    throw new CommandError(`${quote(name)} is not a valid name: ${problem}`, undefined, EXIT.usage);
  const { configuration } = loadOrFail(given.config);
  const token = newToken();
  const date = new Date().toISOString().slice(0, 10);
  editTokens(configuration.web.tokens, (tokens) => {
    if (tokens.some((each) => each.name === name))
      throw new CommandError(
        `${quote(name)} has a token already`,
        `heyu2mqtt web token remove ${name}, then add it again`,
      );
    return [...tokens, { hash: hashToken(token), date, name }];
  });
  const url = pageUrl(configuration);
  const link = url === undefined ? undefined : `${url}#token=${token}`;
  const terminal = processTerminal();
  if (given.json === true) terminal.printJson({ name, token, link: link ?? null });
  else show(terminal, configuration, { name, token, link });
}

/** Where the page is opened, as far as that is known. */
function pageUrl({ web: { url, listen } }: Configuration): string | undefined {
  if (url !== undefined) return url;
  if (listen === 'off' || listen.kind === 'socket') return undefined;
  return isLoopback(listen)
    ? `http://127.0.0.1:${listen.port}/`
    : `http://${hostname().replace(/\.local$/, '')}.local:${listen.port}/`;
}

function show(
  terminal: Terminal,
  { web: { url, listen } }: Configuration,
  { name, token, link }: { readonly name: string; readonly token: string; readonly link: string | undefined },
): void {
  const { print, complain, style } = terminal;
  print(`${name} can log in to the page with this token, which is not shown again:`);
  print();
  print(`  ${style('bold', token)}`);
  if (link !== undefined) {
    print();
    print('or with this link, which logs in by itself:');
    print();
    print(`  ${link}`);
    const code = qrCode(link);
    if (terminal.isInteractive && (code[0]?.length ?? 0) <= terminal.columns)
      for (const line of ['', ...code]) print(line === '' ? '' : `\u001b[30;107m${line}\u001b[0m`);
  }
  if (listen === 'off')
    complain(`web.listen is off${hintLine('the page cannot be opened until it is served')}`);
  else if (url === undefined && isLoopback(listen))
    complain(
      `the page is served to this machine alone${hintLine('for a phone: web.listen: 0.0.0.0:8710 (docs/page.md)')}`,
    );
}

/** Two rows of a QR code are one line: blocks are light, and the terminal draws the rest dark. */
function qrCode(text: string): readonly string[] {
  const { data, size } = encode(text, { ecc: 'L', border: 2 });
  const isDark = (row: number, column: number): boolean => data[row]?.[column] ?? false;
  const lines: string[] = [];
  for (let row = 0; row < size; row += 2) {
    let line = '';
    for (let column = 0; column < size; column += 1)
      line += [' ', '▀', '▄', '█'][Number(isDark(row, column)) + 2 * Number(isDark(row + 1, column))] ?? '';
    lines.push(line);
  }
  return lines;
}

function list({ config, json = false }: Given): void {
  const { tokens } = readTokens(loadOrFail(config).configuration.web.tokens);
  const terminal = processTerminal();
  if (json) terminal.printJson(tokens.map(({ name, date }) => ({ name, date })));
  else if (tokens.length === 0) terminal.print('there are no tokens');
  else
    for (const line of table(
      ['NAME', 'SINCE'],
      tokens.map(({ name, date }) => [name, date]),
    ))
      terminal.print(line);
}

function remove(name: string, { config }: Given): void {
  editTokens(loadOrFail(config).configuration.web.tokens, (tokens) => {
    const rest = tokens.filter((each) => each.name !== name);
    if (rest.length < tokens.length) return rest;
    const known = tokens.map((each) => each.name);
    throw new CommandError(`there is no token called ${quote(name)}`, didYouMean(name, known));
  });
  processTerminal().print(`${name} has no token any more, and is logged out`);
}

/** Root's, and the service may read it; elsewhere it belongs to the user of the service. */
function keep(path: string, hash: string | undefined, tokens: readonly Token[]): void {
  const text = writeTokens(tokens);
  const mode = 0o640;
  if (dirname(path) === PATHS.config && isKnown('group', SERVICE_USER))
    return complete([{ kind: 'write', path, text, mode, group: 'service' }]);
  const written = rewriteFile(path, hash, text, mode);
  if (!written.ok) throw new CommandError(written.problem, written.hint);
}
