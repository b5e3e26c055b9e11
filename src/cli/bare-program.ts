import { Command } from 'commander';
import { ownVersion } from './version.js';

/** The command line without any command. */
export function bareProgram(): Command {
  return new Command('heyu2mqtt')
    .description('the bridge from heyu (X10) to MQTT and Home Assistant')
    .version(ownVersion())
    .showHelpAfterError('(heyu2mqtt --help shows what there is)');
}
