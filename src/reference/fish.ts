/** The completion for fish, made of the command tree: one `complete` for each word that may come. */

import { allCommands, type CommandWords, type Offer } from './command-tree.js';

/** The whole script. */
export function fishCompletion(tree: CommandWords): string {
  const commands = allCommands(tree);
  const names = commands.slice(1).map(({ path }) => quoted(path.join(' ')));
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
${commands.flatMap(linesOf).join('\n')}
`;
}

function linesOf(command: CommandWords): string[] {
  const at = `complete -c heyu2mqtt -n ${quoted(`__heyu2mqtt_at ${command.path.join(' ')}`)}`;
  return [
    ...command.commands.map(
      ({ path, description }) => `${at} -a ${path.at(-1) ?? ''} -d ${quoted(description)}`,
    ),
    ...command.arguments.flatMap(({ offer }) => (offer === undefined ? [] : [`${at} ${offered(offer)}`])),
    ...command.options.map(({ flags, description, value }) => {
      const spelled = flags.map((flag) =>
        flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const given = value === undefined ? '' : ` ${offeredValue(value.offer)}`;
      return `${at} ${spelled.join(' ')}${given} -d ${quoted(description)}`;
    }),
  ];
}

/** `-x`: a value must follow, and it is no file. */
const offeredValue = (offer: Offer | undefined): string =>
  offer === undefined ? '-x' : offer.kind === 'files' ? '-r -F' : `-x ${offered(offer)}`;

function offered(offer: Offer): string {
  switch (offer.kind) {
    case 'files':
      return '-F';
    case 'aliases':
      return "-a '(__heyu2mqtt_aliases)'";
    case 'words':
      return `-a ${quoted(offer.words.join(' '))}`;
  }
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
