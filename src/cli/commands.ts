/**
 * All commands, in the order of the help: what each is called and does. The rest of a command is loaded when it is
 * asked for, so that every start reads only what it needs.
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
    about: 'take the aliases of heyu over; what you have changed stays as it is',
    load: async () => (await import('./alias/import.js')).aliasImportCommand,
  },
  {
    name: 'adopt',
    about: 'take over the names that were given on the page; shows first what changes',
    load: async () => (await import('./alias/adopt.js')).aliasAdoptCommand,
  },
  {
    name: 'list',
    about: 'show all aliases',
    load: async () => (await import('./alias/show.js')).aliasListCommand,
  },
  {
    name: 'show',
    about: 'show one alias: what is in force, and its topics',
    load: async () => (await import('./alias/show.js')).aliasShowCommand,
  },
  {
    name: 'add',
    about: 'name a unit',
    load: async () => (await import('./alias/edit.js')).aliasAddCommand,
  },
  {
    name: 'set',
    about: 'change keys of an alias; its history in Home Assistant stays',
    load: async () => (await import('./alias/edit.js')).aliasSetCommand,
  },
  {
    name: 'rename',
    about: 'give an alias another name; topics and history stay',
    load: async () => (await import('./alias/edit.js')).aliasRenameCommand,
  },
  {
    name: 'remove',
    about: 'forget aliases; their entities in Home Assistant go, too',
    load: async () => (await import('./alias/edit.js')).aliasRemoveCommand,
  },
  {
    name: 'check',
    about: 'find what is wrong with the aliases: here, in heyu, in the log',
    load: async () => (await import('./alias/show.js')).aliasCheckCommand,
  },
  {
    name: 'learn',
    about: 'walk test: see live what is heard, and name it; needs no running service and disturbs none',
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
    about: 'take a code away; a zone without codes asks for none',
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
    about: 'the codes that disarm the zones of the bridge',
    commands: CODE_COMMANDS,
  },
];

const SESSION_COMMANDS: readonly Entry[] = [
  {
    name: 'show',
    about: 'is a session stored, and what waited in it at the last connect of the service?',
    load: async () => (await import('./session.js')).sessionShowCommand,
  },
  {
    name: 'clear',
    about: 'reset the session of the stopped service: what waits in it is thrown away; asks',
    load: async () => (await import('./session.js')).sessionClearCommand,
  },
];

const SERVICE_COMMANDS: readonly Entry[] = [
  {
    name: 'install',
    about: 'write the unit and create the user; starts nothing',
    load: async () => (await import('./service-install.js')).serviceInstallCommand,
  },
  {
    name: 'print',
    about: 'show the unit, and what install would do besides',
    load: async () => (await import('./service-install.js')).servicePrintCommand,
  },
  {
    name: 'uninstall',
    about: 'stop the service and remove its unit',
    load: async () => (await import('./service-install.js')).serviceUninstallCommand,
  },
  {
    name: 'password',
    about: 'keep the MQTT password for the service, read from the terminal or from standard input',
    load: async () => (await import('./service-install.js')).servicePasswordCommand,
  },
];

const TOKEN_COMMANDS: readonly Entry[] = [
  {
    name: 'add',
    about: 'make a token, and show it once, with a link and a QR code',
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
    about: 'who may log in to the page',
    commands: TOKEN_COMMANDS,
  },
];

const COMMANDS: readonly Entry[] = [
  {
    name: 'init',
    about: 'from an existing heyu to a house that runs: configuration, rights, service; asks first',
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
    about: 'see it work: plays a recorded heyu log, no broker and no hardware needed',
    load: async () => (await import('./demo.js')).demoCommand,
  },
  {
    name: 'config',
    about: 'show the effective configuration and where each value comes from; secrets are masked',
    load: async () => (await import('./show-config.js')).configCommand,
  },
  {
    name: 'check',
    about: 'check configuration, log, heyu, broker, Home Assistant and service, each with its remedy',
    load: async () => (await import('./check/check-all.js')).checkCommand,
  },
  {
    name: 'broker-check',
    about:
      'prove on the broker itself what the bridge relies on; on topics of its own, cleaned up afterwards',
    load: async () => (await import('./broker-check.js')).brokerCheckCommand,
  },
  {
    name: 'session',
    about: 'the session that the broker keeps for the service: look at it, reset it',
    commands: SESSION_COMMANDS,
  },
  {
    name: 'alias',
    about: 'name the sensors: take them over from heyu, look at them, change them',
    commands: ALIAS_COMMANDS,
  },
  {
    name: 'zone',
    about: 'the alarm: look at zones, arm and disarm those of the bridge without a broker',
    commands: ZONE_COMMANDS,
  },
  {
    name: 'web',
    about: 'the page that the service serves',
    commands: WEB_COMMANDS,
  },
  {
    name: 'explain',
    about: 'show what each line of a heyu log is, and what would be published',
    load: async () => (await import('./explain.js')).explainCommand,
  },
  {
    name: 'why',
    about: 'why was there an alert, or none? what is known of a sensor or zone at a time',
    load: async () => (await import('./why.js')).whyCommand,
  },
  {
    name: 'report',
    about: 'what months of the log say of each sensor: hold times, lost signals, batteries, false alarms',
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

/** Adds all commands by name; each is completed when the command line turns out to mean it. */
export function addCommands(program: Command, entries = COMMANDS): void {
  for (const { name, about, commands, isHidden = false } of entries) {
    const command = program.command(name, { hidden: isHidden }).description(about).showHelpAfterError(false);
    if (commands !== undefined) addCommands(command, commands);
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
