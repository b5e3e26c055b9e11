/** The completion for zsh, made of the command tree: one function for each command, in the way of `_arguments`. */

import {
  allCommands,
  type ArgumentWords,
  type CommandWords,
  type Offer,
  type OptionWords,
} from './command-tree.js';

/** The whole script. */
export function zshCompletion(tree: CommandWords): string {
  return `#compdef heyu2mqtt
# zsh completion of heyu2mqtt. Made by "npm run reference" from the commands: change those, not this.

_heyu2mqtt_aliases() {
  local -a names
  names=(\${(f)"$(heyu2mqtt alias list --json 2> /dev/null | sed -n 's/^ *"alias": "\\(.*\\)",$/\\1/p')"})
  compadd -a names
}

${allCommands(tree)
  .map((command) => (command.commands.length > 0 ? group(command) : single(command)))
  .join('\n')}
_heyu2mqtt "$@"
`;
}

const functionName = ({ path }: CommandWords): string => `_${path.join('_').replaceAll('-', '_')}`;

function group(command: CommandWords): string {
  const described = command.commands.map(
    ({ path, description }) => `    ${quoted(`${path.at(-1) ?? ''}:${description.replaceAll(':', '\\:')}`)}`,
  );
  const calls = command.commands.map(
    (below) => `        ${below.path.at(-1) ?? ''}) ${functionName(below)} ;;`,
  );
  return `${functionName(command)}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands
  commands=(
${described.join('\n')}
  )
  _arguments -C -S \\
${specs(command.options.flatMap(optionSpecs))} \\
    '1: :->command' \\
    '*:: :->rest'
  case $state in
    command) _describe -t commands ${quoted(`${command.path.join(' ')} command`)} commands ;;
    rest)
      case $line[1] in
${calls.join('\n')}
      esac
      ;;
  esac
}
`;
}

function single(command: CommandWords): string {
  const all = [...command.options.flatMap(optionSpecs), ...command.arguments.map(argumentSpec)];
  return `${functionName(command)}() {
  _arguments -S \\
${specs(all)}
}
`;
}

const specs = (all: readonly string[]): string => all.map((spec) => `    ${spec}`).join(' \\\n');

function optionSpecs({ flags, shown, description, value }: OptionWords): string[] {
  const isRepeated = value?.isVariadic === true || description.includes('(repeatable)');
  const before = isRepeated ? '*' : flags.length > 1 ? `(${flags.join(' ')})` : '';
  const name = /[<[]([^\].>]+)/.exec(shown)?.[1] ?? '';
  const after = `[${inBrackets(description)}]${value === undefined ? '' : `:${name}:${action(value.offer)}`}`;
  return flags.map((flag) =>
    quoted(`${before}${flag}${value !== undefined && flag.startsWith('--') ? '=' : ''}${after}`),
  );
}

function argumentSpec({ shown, description, isVariadic, offer }: ArgumentWords): string {
  const words = inBrackets(description === '' ? shown : description);
  const begin = isVariadic ? '*' : shown.startsWith('[') ? ':' : '';
  return quoted(`${begin}:${words}:${action(offer)}`);
}

function action(offer: Offer | undefined): string {
  switch (offer?.kind) {
    case undefined:
      return ' ';
    case 'files':
      return '_files';
    case 'aliases':
      return '_heyu2mqtt_aliases';
    case 'words':
      return `(${offer.words.join(' ')})`;
  }
}

const inBrackets = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
