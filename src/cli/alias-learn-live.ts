/**
 * The walk test: lines of the log as they come, and Enter to name what was heard. Follows the log itself, so it
 * needs no running service and does not disturb one.
 */

import { randomBytes } from 'node:crypto';
import { emitKeypressEvents } from 'node:readline';
import { listen, newEar } from '../alias/ear.js';
import { hear, newHistory, type Heard, type History } from '../alias/heard.js';
import { learn, type Suggestion } from '../alias/learn.js';
import { timeZone } from '../heyu/time-zone.js';
import type { X10Config } from '../heyu/x10config.js';
import { systemClock } from '../io/clock.js';
import { followLog } from '../io/tail/follow-log.js';
import type { LineSource } from '../ports.js';
import { actUpon } from './alias-learn-act.js';
import { readAliasFile, type AliasFile } from './alias-file.js';
import type { AliasPlace } from './alias-place.js';
import { suggestionText } from './alias-suggestions.js';
import { askOnTerminal } from './ask.js';
import { whenIn } from './instants.js';
import { historyOf, type LogForm } from './log-history.js';
import type { Terminal } from './terminal.js';

/** What a walk test needs. */
export type Walk = {
  readonly place: AliasPlace;
  readonly log: string;
  readonly form: LogForm;
  readonly config: X10Config | undefined;
  readonly terminal: Terminal;
};

/** Runs until the user ends it with q or Ctrl-C. */
export async function learnLive(walk: Walk): Promise<void> {
  const { terminal, log, form } = walk;
  const when = whenIn(timeZone(form.timeZone));
  let history = newHistory();
  let file = readAliasFile(walk.place);
  let isAsking = false;
  const held: string[] = [];
  const show = (line: string): void => {
    if (isAsking) held.push(line);
    else terminal.print(line);
  };
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const source = follow(walk, {
    begun: (hasLog) => {
      // At this very moment, so that no line falls between what was there and what comes.
      if (hasLog) history = historyOf([log], form);
      begin();
    },
    heard: (heard) => {
      hear(history, heard);
      show(liveLine(heard, file, when, terminal));
    },
  });
  await begun;
  terminal.print(`listening to ${log}; ${history.units.size} senders were heard before`);
  const before = learn(history, file.entries, walk.config, Date.now());
  if (before.length > 0) terminal.print(`${before.length} of them raise a question: press Enter`);
  terminal.print(terminal.style('dim', 'walk past your sensors. Enter = name what was heard, q = end'));
  try {
    for (;;) {
      const key = await nextKey();
      if (key === 'end') break;
      isAsking = true;
      const goesOn = await menu(walk, history, () => file, when);
      isAsking = false;
      if (!goesOn) break;
      file = readAliasFile(walk.place);
      for (const line of held.splice(0)) terminal.print(line);
      terminal.print(terminal.style('dim', 'listening. Enter = name what was heard, q = end'));
    }
  } finally {
    await source.stop();
  }
}

type Listener = { readonly begun: (hasLog: boolean) => void; readonly heard: (heard: Heard) => void };

/** Follows the log from its end; `begun` is called once, when the end was found or there is no log yet. */
function follow({ form, log, place, terminal }: Walk, listener: Listener): LineSource {
  const ear = newEar(form, form.addressExpiryMs);
  const source = followLog({
    path: log,
    clock: systemClock,
    randomGeneration: () => randomBytes(4).toString('hex'),
    usePolling: place.values['heyu.polling'],
    pollMs: place.values['heyu.poll_interval'],
  });
  let hasBegun = false;
  const begin = (hasLog: boolean): void => {
    if (!hasBegun) listener.begun(hasLog);
    hasBegun = true;
  };
  const nothing = (): void => undefined;
  source.start(
    {
      line: ({ text }) => {
        begin(true);
        for (const heard of listen(ear, text, Date.now())) listener.heard(heard);
      },
      end: () => begin(true),
      generation: nothing,
      status: (status) => {
        if (status.kind === 'following') return;
        terminal.complain(
          status.kind === 'missing'
            ? `${status.path} does not exist: is heyu's engine running?`
            : `${status.path}: ${status.hint}`,
        );
        begin(false);
      },
      incident: nothing,
    },
    undefined,
    [],
  );
  return source;
}

function liveLine(heard: Heard, file: AliasFile, when: (at: number) => string, terminal: Terminal): string {
  const { address, securityId, source } = heard;
  const entry = file.entries.find((each) => each.address === address);
  const motion = file.entries.find((each) => each.dusk !== undefined && each.dusk === address);
  const who = entry?.alias ?? (motion === undefined ? undefined : `${motion.alias} (dusk)`);
  const time = when(heard.at).slice(-8);
  const line = `${time}  ${(address ?? securityId ?? '').padEnd(6)}  ${heard.function.padEnd(9)}  ${source}  `;
  const named = who ?? (heard.label === null ? 'no name yet' : `no name here; heyu: ${heard.label}`);
  return line + terminal.style(who === undefined ? 'yellow' : 'green', named);
}

/** Lets the user act upon one suggestion. False = the user wants to end. */
async function menu(
  walk: Walk,
  history: History,
  file: () => AliasFile,
  when: (at: number) => string,
): Promise<boolean> {
  const suggestions = learn(history, file().entries, walk.config, Date.now());
  if (suggestions.length === 0) {
    walk.terminal.print('everything that was heard has a name');
    return true;
  }
  const choices = suggestions.map((suggestion, index) => ({
    value: `${index}`,
    label: suggestionText(suggestion, when).title,
  }));
  const more = [
    { value: 'on', label: 'nothing, go on listening' },
    { value: 'end', label: 'nothing, end' },
  ];
  const answer: string = await askOnTerminal.choice('What shall be done?', [...choices, ...more], '0');
  if (answer === 'on' || answer === 'end') return answer === 'on';
  const chosen: Suggestion | undefined = suggestions[Number(answer)];
  if (chosen !== undefined) await actUpon(chosen, walk.place, askOnTerminal, walk.terminal, when);
  return true;
}

/** Waits for Enter (`menu`) or for q, Escape, Ctrl-C or the end of the input (`end`). */
function nextKey(): Promise<'menu' | 'end'> {
  const { stdin } = process;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.resume();
  return new Promise((resolve) => {
    const done = (answer: 'menu' | 'end'): void => {
      stdin.off('keypress', pressed);
      stdin.off('end', ended);
      stdin.setRawMode(false);
      stdin.pause();
      resolve(answer);
    };
    const ended = (): void => done('end');
    const pressed = (
      _: string | undefined,
      key: { readonly name?: string; readonly ctrl?: boolean },
    ): void => {
      if (key.name === 'return' || key.name === 'enter') done('menu');
      else if (key.name === 'q' || key.name === 'escape' || (key.ctrl === true && key.name === 'c'))
        done('end');
    };
    stdin.on('keypress', pressed);
    stdin.once('end', ended);
  });
}
