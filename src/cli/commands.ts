/**
 * All commands, in the order of the help, with their names and descriptions. The code of a command is loaded when it is
 * called, so that every start reads only what it needs.
 */

import type { Command } from 'commander';
import { CHILD_COMMAND } from '../io/history/child-command.js';

/** Gives a command its arguments, options and action. */
type Complete = (command: Command) => void;

/** A command, or several below a name. */
type Entry = {
  readonly name: string;
  readonly about: string;
  /** For the program itself, not for people. */
  readonly isHidden?: boolean;
  readonly load?: () => Promise<Complete>;
  readonly commands?: readonly Entry[];
};

const ALIAS_COMMANDS: readonly Entry[] = [
  {
    name: 'import',
    about: 'take over the aliases of heyu; your own changes are kept',
    load: async () => (await import('./alias/import.js')).aliasImportCommand,
  },
  {
    name: 'adopt',
    about: 'take over the names that were given on the page; shows the changes first',
    load: async () => (await import('./alias/adopt.js')).aliasAdoptCommand,
  },
  {
    name: 'list',
    about: 'show all aliases',
    load: async () => (await import('./alias/show.js')).aliasListCommand,
  },
  {
    name: 'show',
    about: 'show one alias: its settings and its topics',
    load: async () => (await import('./alias/show.js')).aliasShowCommand,
  },
  {
    name: 'add',
    about: 'give a unit an alias',
    load: async () => (await import('./alias/edit.js')).aliasAddCommand,
  },
  {
    name: 'set',
    about: 'change keys of an alias; its history in Home Assistant is kept',
    load: async () => (await import('./alias/edit.js')).aliasSetCommand,
  },
  {
    name: 'rename',
    about: 'give an alias another name; its topics and history are kept',
    load: async () => (await import('./alias/edit.js')).aliasRenameCommand,
  },
  {
    name: 'remove',
    about: 'remove aliases; their entities disappear from Home Assistant',
    load: async () => (await import('./alias/edit.js')).aliasRemoveCommand,
  },
  {
    name: 'check',
    about: 'compare the aliases with the configuration of heyu and with its log',
    load: async () => (await import('./alias/show.js')).aliasCheckCommand,
  },
  {
    name: 'learn',
    about: 'walk test: show live what is heard, and give it names; works with and without a running service',
    load: async () => (await import('./alias/learn.js')).aliasLearnCommand,
  },
  {
    name: 'test',
    about: 'publish a test event of an alias, and read its topics back',
    load: async () => (await import('./alias/broker.js')).aliasTestCommand,
  },
  {
    name: 'topics',
    about: 'show the topics of an alias, or of all, with lines for mosquitto_sub',
    load: async () => (await import('./alias/show.js')).aliasTopicsCommand,
  },
  {
    name: 'watch',
    about: 'show the states of aliases live: the same as status --watch',
    load: async () => (await import('./status.js')).aliasWatchCommand,
  },
];

const CODE_COMMANDS: readonly Entry[] = [
  {
    name: 'add',
    about: 'add or change the code of a person; it is asked for, or read from standard input',
    load: async () => (await import('./zone-code.js')).zoneCodeAddCommand,
  },
  {
    name: 'list',
    about: 'show who has a code',
    load: async () => (await import('./zone-code.js')).zoneCodeListCommand,
  },
  {
    name: 'remove',
    about: 'remove a code; a zone without codes asks for none',
    load: async () => (await import('./zone-code.js')).zoneCodeRemoveCommand,
  },
];

const ZONE_COMMANDS: readonly Entry[] = [
  {
    name: 'status',
    about: 'show the states of the zones',
    load: async () => (await import('./zone.js')).zoneStatusCommand,
  },
  {
    name: 'arm',
    about: 'arm a zone of the bridge: by root on this machine, with or without a broker',
    load: async () => (await import('./zone.js')).zoneArmCommand,
  },
  {
    name: 'disarm',
    about: 'disarm a zone of the bridge, or end its alarm: by root on this machine, with or without a broker',
    load: async () => (await import('./zone.js')).zoneDisarmCommand,
  },
  {
    name: 'code',
    about: 'add, list and remove the codes that disarm the zones of the bridge',
    commands: CODE_COMMANDS,
  },
];

const SESSION_COMMANDS: readonly Entry[] = [
  {
    name: 'show',
    about: 'show whether a session is stored, and what waited in it at the last connect of the service',
    load: async () => (await import('./session.js')).sessionShowCommand,
  },
  {
    name: 'clear',
    about: 'reset the session of the stopped service: messages that wait in it are lost; asks first',
    load: async () => (await import('./session.js')).sessionClearCommand,
  },
];

const SERVICE_COMMANDS: readonly Entry[] = [
  {
    name: 'install',
    about: 'write the unit and create the user; does not start the service',
    load: async () => (await import('./service-install.js')).serviceInstallCommand,
  },
  {
    name: 'print',
    about: 'show the unit, and what else install would do',
    load: async () => (await import('./service-install.js')).servicePrintCommand,
  },
  {
    name: 'uninstall',
    about: 'stop the service and remove its unit',
    load: async () => (await import('./service-install.js')).serviceUninstallCommand,
  },
  {
    name: 'password',
    about: 'store the MQTT password for the service; it is read from the terminal or from standard input',
    load: async () => (await import('./service-install.js')).servicePasswordCommand,
  },
];

const TOKEN_COMMANDS: readonly Entry[] = [
  {
    name: 'add',
    about: 'create a token, and show it once, with a link and a QR code',
    load: async () => (await import('./web-token.js')).webTokenAddCommand,
  },
  {
    name: 'list',
    about: 'show who has a token',
    load: async () => (await import('./web-token.js')).webTokenListCommand,
  },
  {
    name: 'remove',
    about: 'remove a token, and end the log-ins with it',
    load: async () => (await import('./web-token.js')).webTokenRemoveCommand,
  },
];

const WEB_COMMANDS: readonly Entry[] = [
  {
    name: 'token',
    about: 'add, list and remove the tokens with which people log in to the page',
    commands: TOKEN_COMMANDS,
  },
];

const COMMANDS: readonly Entry[] = [
  {
    name: 'init',
    about: 'set everything up for an existing heyu: configuration, rights, service; asks first',
    load: async () => (await import('./init.js')).initCommand,
  },
  {
    name: 'run',
    about: 'run the bridge (what the systemd service does)',
    load: async () => (await import('./run.js')).runCommand,
  },
  {
    name: 'status',
    about: 'show zones, sensors, senders without a name, and problems',
    load: async () => (await import('./status.js')).statusCommand,
  },
  {
    name: 'demo',
    about: 'show how it works: replays a recorded heyu log; needs no broker and no hardware',
    load: async () => (await import('./demo.js')).demoCommand,
  },
  {
    name: 'config',
    about: 'show the effective configuration and where each value comes from; secrets are masked',
    load: async () => (await import('./show-config.js')).configCommand,
  },
  {
    name: 'check',
    about:
      'check configuration, log, heyu, broker, Home Assistant and service; prints a remedy for each problem',
    load: async () => (await import('./check/check-all.js')).checkCommand,
  },
  {
    name: 'broker-check',
    about:
      'test whether the broker is fit for the bridge; uses topics of its own and removes them afterwards',
    load: async () => (await import('./broker-check.js')).brokerCheckCommand,
  },
  {
    name: 'session',
    about: 'show or reset the session that the broker keeps for the service',
    commands: SESSION_COMMANDS,
  },
  {
    name: 'alias',
    about: 'sensors and their names: take them over from heyu, show and change them',
    commands: ALIAS_COMMANDS,
  },
  {
    name: 'zone',
    about: 'show zones; arm and disarm those of the bridge, even without a broker',
    commands: ZONE_COMMANDS,
  },
  {
    name: 'web',
    about: 'access to the page that the service serves',
    commands: WEB_COMMANDS,
  },
  {
    name: 'explain',
    about: 'show what each line of a heyu log means, and what would be published',
    load: async () => (await import('./explain.js')).explainCommand,
  },
  {
    name: 'why',
    about: 'explain why there was an alert, or none: what is known about a sensor or zone at that time',
    load: async () => (await import('./why.js')).whyCommand,
  },
  {
    name: 'report',
    about: 'evaluate months of the log: hold times, lost signals, batteries and false alarms of each sensor',
    load: async () => (await import('./report.js')).reportCommand,
  },
  {
    name: 'service',
    about: 'run heyu2mqtt as a systemd service',
    commands: SERVICE_COMMANDS,
  },
  {
    name: CHILD_COMMAND,
    about: 'read the past for the service, whose child this is',
    isHidden: true,
    load: async () => (await import('./read-past.js')).readPastCommand,
  },
];

/**
 * Adds all commands by name; each is completed when the command line turns out to mean it. `below`: what stands before
 * their names.
 */
export function addCommands(program: Command, entries = COMMANDS, below = 'heyu2mqtt'): void {
  program.showHelpAfterError(`(${below} --help lists the commands)`);
  for (const { name, about, commands, isHidden = false } of entries) {
    const command = program.command(name, { hidden: isHidden }).description(about).showHelpAfterError(false);
    if (commands !== undefined) addCommands(command, commands, `${below} ${name}`);
  }
  program.hook('preSubcommand', (_, command) => completeCommand(entries, command));
}

async function completeCommand(entries: readonly Entry[], command: Command): Promise<void> {
  const entry = entries.find(({ name }) => name === command.name());
  if (entry?.load !== undefined) (await entry.load())(command);
}

/** `help check` as `check --help`: commander itself would show a command that is not completed. */
export function withHelpAsOption(args: readonly string[], entries = COMMANDS): readonly string[] {
  const [first = '', ...rest] = args;
  if (first === 'help') return [...rest, '--help'];
  const below = entries.find(({ name }) => name === first)?.commands;
  return below === undefined ? args : [first, ...withHelpAsOption(rest, below)];
}

/** Completes all commands at once, for what is written about them. */
export async function completeAll(program: Command, entries = COMMANDS): Promise<void> {
  for (const command of program.commands) {
    await completeCommand(entries, command);
    const below = entries.find(({ name }) => name === command.name())?.commands;
    if (below !== undefined) await completeAll(command, below);
  }
}
