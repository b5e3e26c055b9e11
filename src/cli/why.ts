/** `heyu2mqtt why`: explains why there was an alert, or none; from the running service, or from its files. */

import type { Command } from 'commander';
import { printable } from '../common/text.js';
import type { JsonObject } from '../common/json.js';
import { askWhy } from '../history/ask.js';
import { readPast } from '../io/history/read-past.js';
import { anonymizerOf, anonymousTerminal } from './anonymous-output.js';
import { askRunning, stateDirOf } from './ask-service.js';
import { configFileOf, type Given, load, loadOrFail, OPTIONS } from './configured.js';
import { CommandError, EXIT, processTerminal, type Terminal } from './terminal.js';

/** The command `why`. */
export function whyCommand(command: Command): void {
  command
    .argument('<alias>', 'an alias, or the key of a zone')
    .argument('[when...]', 'last (default), a time, or a span of time')
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.json)
    .addOption(OPTIONS.anonymous)
    .addHelpText(
      'after',
      `
Times:
  02:10            the last time that it was 02:10; also 02:10:13
  yesterday 02:10  also today, 11-21 or 2026-11-21 in its place
  23:00..06:45     a span; also 11-20 23:00..11-21 06:45
  yesterday        the whole day; also 11-21`,
    )
    .action(tellWhy);
}

async function tellWhy(name: string, when: readonly string[], given: Given): Promise<void> {
  const hide = given.anonymous === true ? anonymizerOf(load(configFileOf(given.config))) : undefined;
  const terminal = anonymousTerminal(processTerminal(), hide);
  const question = { ask: 'why', name, when: when.join(' ') };
  const asked = await askRunning(stateDirOf(given.config), 'control', question);
  // before it are signs that the service is at work
  const told = asked?.at(-1) ?? (await readFiles(name, question.when, given, terminal));
  const answer = hide?.json(told) ?? told;
  if (given.json === true) terminal.printJson(answer);
  else
    wordsIn(answer).forEach((line, index) => {
      const text = printable(line);
      terminal.print(index === 0 ? terminal.style('bold', text) : `  ${text}`);
    });
  if (answer['found'] !== true) process.exitCode = EXIT.failed;
}

function wordsIn({ words }: JsonObject): readonly string[] {
  return Array.isArray(words) ? words.map(String) : [];
}

/** No service runs: its files tell as much. */
async function readFiles(
  name: string,
  when: string,
  { config }: Given,
  terminal: Terminal,
): Promise<JsonObject> {
  const { configuration } = loadOrFail(config, undefined, terminal);
  const { core, heyu, stateDir } = configuration;
  const place = { core, logPath: heyu.log, stateDir };
  const answer = await askWhy({ name, when, now: Date.now() }, core, (request) => readPast(place, request));
  if (answer.ok) return answer.answer;
  throw new CommandError(answer.problem, answer.hint, EXIT.usage);
}
