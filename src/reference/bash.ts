/** The completion for bash, made of the command tree. It needs nothing but bash 4. */

import { allCommands, type CommandWords, type Offer } from './command-tree.js';

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
            `${flags.map((flag) => quoted(`${name(command)} ${flag}`)).join(' | ')}) ${offered(value.offer)} ;;`,
          ],
    ),
  );
  const flagCases = commands.map((command) => {
    const flags = command.options.flatMap((option) => option.flags);
    return `${quoted(name(command))}) ${offeredWords(flags)} ;;`;
  });
  const argumentCases = commands.flatMap((command) => {
    if (command.commands.length > 0) {
      return [
        `${quoted(`${name(command)}:0`)}) ${offeredWords(command.commands.map(({ path }) => path.at(-1) ?? ''))} ;;`,
      ];
    }
    return command.arguments.flatMap(({ offer, isVariadic }, index) =>
      offer === undefined
        ? []
        : [`${quoted(`${name(command)}:`)}${isVariadic ? '*' : String(index)}) ${offered(offer)} ;;`],
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

function offered(offer: Offer | undefined): string {
  switch (offer?.kind) {
    case undefined:
      return ':';
    case 'files':
      // outside a completion there is nothing to set
      return 'compopt -o default 2> /dev/null';
    case 'aliases':
      return 'COMPREPLY=($(compgen -W "$(_heyu2mqtt_aliases)" -- "$current"))';
    case 'words':
      return offeredWords(offer.words);
  }
}

const offeredWords = (words: readonly string[]): string =>
  `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$current"))`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
