/** The man page, in troff (man(7)), made of the command tree. */

import { EXIT } from '../src/cli/terminal.js';
import { CONFIG_KEY_NAMES, CONFIG_KEYS, environmentName } from '../src/config/keys-and-defaults.js';
import { allCommands, type CommandWords } from './command-tree.js';

const EXIT_WORDS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'it is done',
  failed: 'it did not work; of check and alias test: there are warnings; of broker-check: fit with settings',
  errors: 'check or alias test has found errors; of broker-check: not fit',
  usage: 'the command line is wrong',
  noInput: 'a file cannot be read',
  configuration:
    'the configuration has errors, for the service: and there is no last good one; systemd does not try again',
  interrupted: 'cancelled with Ctrl-C',
};

const FILES: readonly (readonly [string, string])[] = [
  ['/etc/heyu2mqtt/config.yaml', 'where things are; read by default if it is there'],
  ['/etc/heyu2mqtt/aliases.yaml', 'which sensors there are; config.yaml may name another one'],
  ['/etc/heyu2mqtt/mqtt-password', 'the password at the broker'],
  ['/var/lib/heyu2mqtt', 'what must survive a restart'],
  ['/var/cache/heyu2mqtt', 'the compiled program, for a shorter start; may be deleted'],
  ['/etc/heyu/x10.conf, ~/.heyu/x10config', "heyu's own configuration"],
];

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['heyu2mqtt demo', 'See it work, without broker and hardware.'],
  ['heyu2mqtt alias import', "Take the sensors over from heyu's ALIAS lines."],
  ['heyu2mqtt report', 'What months of the log say of each sensor.'],
  ['heyu2mqtt explain --aliases aliases.yaml heyu.log.ttyS0', 'See what each line of a log means.'],
  ['heyu2mqtt alias learn', 'Walk through the house and see what is heard.'],
];

/** The whole page. */
export function manPage(tree: CommandWords): string {
  const commands = allCommands(tree).filter((command) => command.commands.length === 0);
  return `${[
    '.\\" Made by "npm run reference" from the commands: change those, not this.',
    '.TH HEYU2MQTT 1 "" "heyu2mqtt" "User Commands"',
    '.SH NAME',
    `heyu2mqtt \\- ${escaped(tree.description)}`,
    '.SH SYNOPSIS',
    '.B heyu2mqtt',
    '.I command',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    escaped(
      'heyu2mqtt reads the log that heyu writes of X10 signals, and publishes motion, contacts, remotes and alerts ' +
        'by MQTT. Home Assistant finds them by itself. It runs as a systemd service; the other commands set it up ' +
        'and show what it does.',
    ),
    '.PP',
    escaped('Every command has --help. Messages go to standard error, answers to standard output.'),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH FILES',
    ...terms(FILES),
    '.SH ENVIRONMENT',
    escaped('Each key of config.yaml but zones can be given by environment variable, which then wins.'),
    ...terms(CONFIG_KEY_NAMES.map((name) => [environmentName(name), plain(CONFIG_KEYS[name].doc)])),
    '.SH EXIT STATUS',
    ...terms(
      Object.entries(EXIT).map(([name, code]) => [String(code), EXIT_WORDS[name as keyof typeof EXIT]]),
    ),
    '.SH EXAMPLES',
    ...EXAMPLES.flatMap(([command, words]) => [
      '.PP',
      escaped(words),
      '.PP',
      '.RS',
      `.B ${escaped(command)}`,
      '.RE',
    ]),
    '.SH SEE ALSO',
    '.BR heyu (1),',
    '.BR mosquitto_sub (1),',
    '.BR systemctl (1)',
    '.PP',
    escaped('/usr/share/doc/heyu2mqtt has the documentation, README.md first.'),
  ].join('\n')}\n`;
}

function commandSection({ path, usage, description, arguments: words, options }: CommandWords): string[] {
  return [
    '.SS',
    `${path.slice(1).join(' ')} ${escaped(usage)}`.trimEnd(),
    sentence(description),
    ...terms(words.map(({ shown, description: text }) => [shown, text])),
    ...terms(
      options
        .filter(({ flags }) => !flags.includes('--help'))
        .map((option) => [option.shown, option.description]),
    ),
  ];
}

function sentence(text: string): string {
  return `${escaped(text.charAt(0).toUpperCase() + text.slice(1))}.`;
}

const terms = (pairs: readonly (readonly [string, string])[]): string[] =>
  pairs.flatMap(([term, text]) => ['.TP', `.B ${escaped(term)}`, escaped(text)]);

/** Markdown's marks for code say nothing here. */
const plain = (text: string): string => text.replaceAll('`', '');

/** Text as troff takes it literally: backslashes, hyphens that are to be copied, and lines that begin with a dot. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq').replace(/^\./, '\\&.');
}
