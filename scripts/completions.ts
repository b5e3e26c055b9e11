/** The completions for bash (4 or later), zsh (in the way of `_arguments`) and fish, made of the command tree. */

import {
  allCommands,
  type ArgumentWords,
  type CommandWords,
  type Offer,
  type OptionWords,
} from './command-tree.js';

/** A word of bash and zsh. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The whole script. */
export function bashCompletion(tree: CommandWords): string {
  const commands = allCommands(tree);
  const name = ({ path }: CommandWords): string => path.join(' ');
  const withValue = commands.flatMap((command) =>
    command.options
      .filter(({ value }) => value !== undefined)
      .flatMap(({ flags }) => flags.map((flag) => `${name(command)} ${flag}`)),
  );
  const valueCases = commands.flatMap((command) =>
    command.options.flatMap(({ flags, value }) =>
      value === undefined
        ? []
        : [
            `${flags.map((flag) => quoted(`${name(command)} ${flag}`)).join(' | ')}) ${bashOffer(value.offer)} ;;`,
          ],
    ),
  );
  const flagCases = commands.map((command) => {
    const flags = command.options.flatMap((option) => option.flags);
    return `${quoted(name(command))}) ${bashWords(flags)} ;;`;
  });
  const argumentCases = commands.flatMap((command) => {
    if (command.commands.length > 0) {
      return [
        `${quoted(`${name(command)}:0`)}) ${bashWords(command.commands.map(({ path }) => path.at(-1) ?? ''))} ;;`,
      ];
    }
    return command.arguments.flatMap(({ offer, isVariadic }, index) =>
      offer === undefined
        ? []
        : [`${quoted(`${name(command)}:`)}${isVariadic ? '*' : String(index)}) ${bashOffer(offer)} ;;`],
    );
  });
  const below = commands.slice(1).map((command) => quoted(name(command)));

  return `# bash completion of heyu2mqtt. Made by "npm run reference" from the commands: change those, not this.

_heyu2mqtt_aliases() {
  heyu2mqtt alias list --json 2> /dev/null | sed -n 's/^ *"alias": "\\(.*\\)",$/\\1/p'
}

_heyu2mqtt() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=heyu2mqtt arguments=0 word i
  COMPREPLY=()

  # "--config=file" comes as three words
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi

  # which command it is, and how many arguments it has
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$command $word" in
      ${below.join(' | \\\n        ')})
        command="$command $word"
        ;;
      ${withValue.map(quoted).join(' | \\\n        ')})
        [[ \${COMP_WORDS[i + 1]} == = ]] && i=$((i + 1))
        i=$((i + 1))
        ;;
      *' -'*) ;;
      *) arguments=$((arguments + 1)) ;;
    esac
  done

  # the value of an option
  case "$command $previous" in
    ${valueCases.map((line) => line.replace(/ ;;$/, '; return ;;')).join('\n    ')}
  esac

  if [[ $current == -* ]]; then
    case $command in
      ${flagCases.join('\n      ')}
    esac
    return
  fi

  case "$command:$arguments" in
    ${argumentCases.join('\n    ')}
  esac
}

complete -F _heyu2mqtt heyu2mqtt
`;
}

function bashOffer(offer: Offer | undefined): string {
  switch (offer?.kind) {
    case undefined:
      return ':';
    case 'files':
      // outside a completion there is nothing to set
      return 'compopt -o default 2> /dev/null';
    case 'aliases':
      return 'COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current"))';
    case 'words':
      return bashWords(offer.words);
  }
}

const bashWords = (words: readonly string[]): string =>
  `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$current"))`;

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
  .map((command) => (command.commands.length > 0 ? zshGroup(command) : zshSingle(command)))
  .join('\n')}
_heyu2mqtt "$@"
`;
}

const zshFunction = ({ path }: CommandWords): string => `_${path.join('_').replaceAll('-', '_')}`;

function zshGroup(command: CommandWords): string {
  const described = command.commands.map(
    ({ path, description }) => `    ${quoted(`${path.at(-1) ?? ''}:${description.replaceAll(':', '\\:')}`)}`,
  );
  const calls = command.commands.map(
    (below) => `        ${below.path.at(-1) ?? ''}) ${zshFunction(below)} ;;`,
  );
  return `${zshFunction(command)}() {
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

function zshSingle(command: CommandWords): string {
  const all = [...command.options.flatMap(optionSpecs), ...command.arguments.map(argumentSpec)];
  return `${zshFunction(command)}() {
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
  const after = `[${zshText(description)}]${value === undefined ? '' : `:${name}:${zshOffer(value.offer)}`}`;
  return flags.map((flag) =>
    quoted(`${before}${flag}${value !== undefined && flag.startsWith('--') ? '=' : ''}${after}`),
  );
}

function argumentSpec({ shown, description, isVariadic, offer }: ArgumentWords): string {
  const words = zshText(description === '' ? shown : description);
  const begin = isVariadic ? '*' : shown.startsWith('[') ? ':' : '';
  return quoted(`${begin}:${words}:${zshOffer(offer)}`);
}

function zshOffer(offer: Offer | undefined): string {
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

const zshText = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

/** The whole script. */
export function fishCompletion(tree: CommandWords): string {
  const commands = allCommands(tree);
  const names = commands.slice(1).map(({ path }) => fishQuoted(path.join(' ')));
  return `# fish completion of heyu2mqtt. Made by "npm run reference" from the commands: change those, not this.

function __heyu2mqtt_aliases
    heyu2mqtt alias list --json 2>/dev/null | string replace --filter --regex '^ *"alias": "(.*)",$' '$1'
end

# whether the command line so far is that of this command
function __heyu2mqtt_at
    set -l words (commandline -opc)
    set -l command heyu2mqtt
    for word in $words[2..-1]
        switch "$command $word"
            case ${names.join(' ')}
                set command "$command $word"
        end
    end
    test "$command" = "$argv"
end

complete -c heyu2mqtt -f
${commands.flatMap(fishLines).join('\n')}
`;
}

function fishLines(command: CommandWords): string[] {
  const at = `complete -c heyu2mqtt -n ${fishQuoted(`__heyu2mqtt_at ${command.path.join(' ')}`)}`;
  return [
    ...command.commands.map(
      ({ path, description }) => `${at} -a ${path.at(-1) ?? ''} -d ${fishQuoted(description)}`,
    ),
    ...command.arguments.flatMap(({ offer }) => (offer === undefined ? [] : [`${at} ${fishOffer(offer)}`])),
    ...command.options.map(({ flags, description, value }) => {
      const spelled = flags.map((flag) =>
        flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const given = value === undefined ? '' : ` ${fishValue(value.offer)}`;
      return `${at} ${spelled.join(' ')}${given} -d ${fishQuoted(description)}`;
    }),
  ];
}

/** `-x`: a value must follow, and it is not a file. */
const fishValue = (offer: Offer | undefined): string =>
  offer === undefined ? '-x' : offer.kind === 'files' ? '-r -F' : `-x ${fishOffer(offer)}`;

function fishOffer(offer: Offer): string {
  switch (offer.kind) {
    case 'files':
      return '-F';
    case 'aliases':
      return "-a '(__heyu2mqtt_aliases)'";
    case 'words':
      return `-a ${fishQuoted(offer.words.join(' '))}`;
  }
}

const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
