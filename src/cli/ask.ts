/** Questions on a terminal, with defaults. The only module that knows the prompt library. */

import { confirm, password, select, text } from '@clack/prompts';
import { CommandError, EXIT, processTerminal } from './terminal.js';

/** A way to ask. Every answer has a default; Ctrl-C ends the command without having changed anything. */
export type Ask = {
  readonly yesOrNo: (question: string, standard: boolean) => Promise<boolean>;
  readonly choice: <Value extends string>(
    question: string,
    choices: readonly { readonly value: Value; readonly label: string }[],
    standard: Value,
  ) => Promise<Value>;
  /** `error` says what is wrong with an answer, or undefined. */
  readonly text: (
    question: string,
    standard: string,
    problem?: (answer: string) => string | undefined,
  ) => Promise<string>;
  /** Not shown while it is typed. */
  readonly secret: (question: string) => Promise<string>;
};

/** The problem of a command that its user has ended by an answer. */
export const CANCELLED = 'cancelled, nothing was written';

/** The library answers Ctrl-C with a symbol. */
function answered<Value>(answer: Value): Exclude<Value, symbol> {
  if (typeof answer === 'symbol') throw new CommandError(CANCELLED);
  return answer as Exclude<Value, symbol>;
}

/** Asks on the terminal of this process. */
export const askOnTerminal: Ask = {
  yesOrNo: async (message, initialValue) => answered(await confirm({ message, initialValue })),
  choice: async (message, choices, initialValue) =>
    answered(await select<string>({ message, options: [...choices], initialValue })) as typeof initialValue,
  text: async (message, standard, problem) =>
    answered(
      await text({
        message,
        placeholder: standard,
        defaultValue: standard,
        validate: (answer) => problem?.(answer === undefined || answer === '' ? standard : answer),
      }),
    ),
  secret: async (message) => answered(await password({ message })),
};

/** Asks whether to continue, with no as the default. Where there is no terminal that is an error with this hint. */
export async function mustAsk(question: string, hint: string): Promise<boolean> {
  if (!processTerminal().isInteractive)
    throw new CommandError('there is no terminal to ask on', hint, EXIT.usage);
  return askOnTerminal.yesOrNo(question, false);
}
