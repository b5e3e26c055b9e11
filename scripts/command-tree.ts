/**
 * The command line as plain values, read from commander's own commands: what the man page, the completions and the
 * command tables are made of. Nothing about a command is written down twice.
 */

import type { Argument, Command, Option } from 'commander';
import { yesOrNo } from '../src/config/forms.js';
import { ALIAS_KEYS, type KeyTable } from '../src/config/keys-and-defaults.js';
import { MODELS } from '../src/x10/models.js';

/** What a shell may offer for a value: files, the aliases of the alias file, or these words. */
export type Offer =
  | { readonly kind: 'files' }
  | { readonly kind: 'aliases' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

/** One argument of a command. */
export type ArgumentWords = {
  /** As in the usage line: `<alias>`, `[x10config]`, `<log...>`. */
  readonly shown: string;
  readonly description: string;
  readonly isVariadic: boolean;
  readonly offer: Offer | undefined;
};

/** One option of a command. */
export type OptionWords = {
  /** As in the help: `--config <file>`. */
  readonly shown: string;
  readonly description: string;
  /** Its spellings: `--config`, or `-V` and `--version`. */
  readonly flags: readonly string[];
  /** Without it the option is a switch. */
  readonly value: { readonly isVariadic: boolean; readonly offer: Offer | undefined } | undefined;
};

/** One command, with those below it. */
export type CommandWords = {
  /** `heyu2mqtt`, `alias`, `add`. */
  readonly path: readonly string[];
  readonly description: string;
  /** The usage line without the path: `[options] <alias>`. */
  readonly usage: string;
  readonly arguments: readonly ArgumentWords[];
  readonly options: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
};

/** Reads a command and all below it, but for the hidden ones and commander's own `help`. */
export function commandTree(command: Command, above: readonly string[] = []): CommandWords {
  const path = [...above, command.name()];
  const help = command.createHelp();
  return {
    path,
    description: help.commandDescription(command),
    usage: command.usage(),
    arguments: command.registeredArguments.map((argument) => ({
      shown: shownArgument(argument),
      description: help.argumentDescription(argument),
      isVariadic: argument.variadic,
      offer: offerFor(path, argument.name(), undefined, argument.argChoices),
    })),
    options: help.visibleOptions(command).map((option) => ({
      shown: option.flags,
      description: help.optionDescription(option),
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      value: valueOf(path, option),
    })),
    commands: help
      .visibleCommands(command)
      .filter((below) => below.name() !== 'help')
      .map((below) => commandTree(below, path)),
  };
}

/** A command and all below it in one list, the order of the help. */
export function allCommands(tree: CommandWords): readonly CommandWords[] {
  return [tree, ...tree.commands.flatMap(allCommands)];
}

function shownArgument(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function valueOf(path: readonly string[], option: Option): OptionWords['value'] {
  if (!option.required && !option.optional) return undefined;
  const name = /[<[]([^\].>]+)/.exec(option.flags)?.[1] ?? '';
  return {
    isVariadic: option.variadic,
    offer: offerFor(path, name, option.long?.slice(2), option.argChoices),
  };
}

const FILES = new Set(['file', 'log', 'x10config']);
const ALIASES = new Set(['alias', 'from']);

/** What is offered goes by the word in the help: `<file>` is a file. The alias of `alias add` is a new one. */
function offerFor(
  path: readonly string[],
  name: string,
  option: string | undefined,
  choices: readonly string[] | undefined,
): Offer | undefined {
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (FILES.has(name)) return { kind: 'files' };
  if (ALIASES.has(name)) return path.at(-1) === 'add' ? undefined : { kind: 'aliases' };
  if (option === undefined || path[1] !== 'alias') return undefined;
  const words = wordsOfKey(option.replaceAll('-', '_'));
  return words.length === 0 ? undefined : { kind: 'words', words };
}

function wordsOfKey(key: string): readonly string[] {
  if (key === 'model') return MODELS.map(({ name }) => name);
  const table: KeyTable = ALIAS_KEYS;
  const form = table[key]?.form;
  // a switch takes many words; one pair is enough to offer
  if (form === yesOrNo) return ['true', 'false'];
  const words = form?.jsonSchema['enum'];
  if (!Array.isArray(words)) return [];
  return words.filter((word) => typeof word === 'string');
}
