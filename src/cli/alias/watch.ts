/** `heyu2mqtt alias watch [NAME...]`: what the broker has of the sensors, live. */

import { Command } from 'commander';
import type { Configuration } from '../../config/load.js';
import { timeZone } from '../../heyu/time-zone.js';
import { bridgeTopic, sensorTopic, zoneTopic } from '../../mqtt/topics.js';
import { channelsOf } from '../../sensor/channels.js';
import { commandBrokerOf } from '../assemble.js';
import { loadOrFail, OPTIONS, type Given } from '../configured.js';
import { CommandError, processTerminal, whenIn } from '../terminal.js';
import { noBroker } from '../visit-broker.js';

/** Whose a topic is and what it tells. */
type Meaning = { readonly subject: string; readonly channel: string };

/** A clean end that takes longer is a cut. */
const LEAVE_MS = 1000;

/** The command `alias watch`; it ends with Ctrl-C. */
export function aliasWatchCommand(): Command {
  return new Command('watch')
    .description('show the states of aliases live, as the broker has them')
    .argument('[alias...]', 'which (default: all)')
    .addOption(OPTIONS.config)
    .option('--json', 'one JSON object per change')
    .action(watchAliases);
}

async function watchAliases(aliases: readonly string[], { config, json = false }: Given): Promise<void> {
  const { print, complain, style } = processTerminal();
  const { configuration } = loadOrFail(config);
  const topics = topicsOf(configuration, aliases);
  const width = Math.max(...[...topics.values()].map(({ subject }) => subject.length));
  const when = whenIn(timeZone(configuration.core.stamp.timeZone));
  const show = (topic: string, payload: string, retained: boolean): void => {
    const meaning = topics.get(topic);
    if (meaning === undefined) return;
    const { subject, channel } = meaning;
    const at = Date.now();
    const line = `${when(at).slice(-8)}  ${subject.padEnd(width)}  ${channel.padEnd(10)}  ${payload}`;
    if (json)
      print(JSON.stringify({ at: new Date(at).toISOString(), subject, channel, topic, payload, retained }));
    // what was there already is grey, what changes now is not
    else print(retained ? style('dim', line) : line);
  };
  const broker = commandBrokerOf(configuration);
  let timesIn = 0;
  await new Promise<void>((resolve, reject) => {
    broker.start({
      connected: () => {
        timesIn += 1;
        if (timesIn > 1) complain('the link to the broker is back');
        broker.subscribe([...topics.keys()]);
      },
      received: ({ topic, payload, retain }) => show(topic, new TextDecoder().decode(payload), retain),
      subscribed: (_, refused) => {
        if (timesIn > 1) return;
        for (const topic of refused) complain(`${topic} may not be read: the broker's ACL must allow it`);
      },
      closed: (reason) => complain(`the link to the broker is gone: ${reason}`),
      // the first attempt must succeed, a lost link is tried for ever
      refused: (reason) => (timesIn === 0 ? reject(noBroker(reason)) : undefined),
      takeover: () => undefined,
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  }).finally(() => broker.stop([], LEAVE_MS));
}

function topicsOf({ core }: Configuration, aliases: readonly string[]): ReadonlyMap<string, Meaning> {
  const known = core.sensors.filter(({ ignore }) => !ignore);
  const missing = aliases.find((alias) => !known.some((sensor) => sensor.alias === alias));
  if (missing !== undefined)
    throw new CommandError(`there is no alias "${missing}"`, 'heyu2mqtt alias list shows them');
  const sensors = aliases.length === 0 ? known : known.filter(({ alias }) => aliases.includes(alias));
  const zones = core.zones.filter(({ zone }) => sensors.some((sensor) => sensor.zone === zone));
  return new Map<string, Meaning>([
    [bridgeTopic(core.baseTopic, 'status'), { subject: 'bridge', channel: 'status' }],
    ...zones.map(({ zone }): [string, Meaning] => [
      zoneTopic(core.baseTopic, zone, 'security'),
      { subject: `zone ${zone}`, channel: 'security' },
    ]),
    ...sensors.flatMap((sensor) =>
      channelsOf(sensor).map((channel): [string, Meaning] => [
        sensorTopic(core.baseTopic, sensor.topic, channel),
        { subject: sensor.alias, channel },
      ]),
    ),
  ]);
}
