/** `heyu2mqtt alias test NAME`: tests the topics of one sensor at the broker. */

import type { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Configuration } from '../../config/load.js';
import { isoAt, timeZone } from '../../heyu/time-zone.js';
import { discoveryMessages } from '../../homeassistant/discovery.js';
import type { Visit } from '../../io/broker/visit.js';
import { bridgeTopic, sensorTopic, zoneTopic } from '../../mqtt/topics.js';
import type { Message } from '../../ports.js';
import { channelsOf, eventTypesOf } from '../../sensor/channels.js';
import type { SensorSettings } from '../../sensor/settings.js';
import type { Channel } from '../../sensor/types.js';
import { askOnTerminal } from '../ask.js';
import { loadOrFail, OPTIONS, type Given } from '../configured.js';
import {
  CommandError,
  exitCodeOf,
  type Finding,
  printFinding,
  processTerminal,
  type Tell,
} from '../terminal.js';
import { noAlias } from './alias-file.js';
import { publishOrFail, visitBroker } from '../visit-broker.js';

const ACL_HINT = "the broker's ACL must allow writing and reading it";
const OFFLINE_HINT = 'the service does not run, or is not connected: heyu2mqtt check shows which';

/** An echo that takes longer does not come. */
const ECHO_MS = 5000;

/** The command `alias test`: ends with 0 when all is well, 1 with warnings, 2 with errors. */
export function aliasTestCommand(command: Command): void {
  command
    .argument('<alias>', 'which')
    .addOption(OPTIONS.config)
    .option('--motion', 'really turn the motion on and off again; not while its zone is armed or unknown')
    .addOption(OPTIONS.yes)
    .action(testAlias);
}

async function testAlias(alias: string, options: Given & { readonly motion?: boolean }): Promise<void> {
  const terminal = processTerminal();
  const { configuration } = loadOrFail(options.config);
  const sensor = sensorNamed(configuration, alias);
  const visit = await visitBroker(configuration);
  const findings: Finding[] = [];
  const tell: Tell = (verdict, text, hint) => {
    findings.push({ verdict, text, hint });
    printFinding(terminal, { verdict, text, hint });
  };
  try {
    tell('ok', `connected to ${configuration.mqtt.urls[0] ?? ''}`);
    await readBack(configuration, sensor, visit, tell);
    if (options.motion === true) await toggleMotion(configuration, sensor, visit, tell, options.yes === true);
  } finally {
    await visit.leave();
  }
  process.exitCode = exitCodeOf(findings);
}

function sensorNamed({ core }: Configuration, alias: string): SensorSettings {
  const sensor = core.sensors.find((each) => each.alias === alias);
  if (sensor === undefined) throw noAlias(alias, core.sensors);
  if (sensor.ignore) throw new CommandError(`${alias} is ignored: nothing is published for it`);
  return sensor;
}

/** Publishes the test event and looks at everything that the broker keeps for this sensor. */
async function readBack(
  configuration: Configuration,
  sensor: SensorSettings,
  visit: Visit,
  tell: Tell,
): Promise<void> {
  const { core } = configuration;
  const topicOf = (channel: Channel): string => sensorTopic(core.baseTopic, sensor.topic, channel);
  const status = bridgeTopic(core.baseTopic, 'status');
  const discovery = discoveryMessages({ ...core, sensors: [sensor], zones: [] }).slice(
    discoveryMessages({ ...core, sensors: [], zones: [] }).length,
  );
  const channels = channelsOf(sensor).filter((channel) => channel !== 'set');
  const zones = sensor.zone === undefined ? [] : [zoneTopic(core.baseTopic, sensor.zone, 'security')];
  const topics = [status, ...channels.map(topicOf), ...discovery.map(({ topic }) => topic), ...zones];
  for (const [index, code] of (await visit.subscribe(topics)).entries())
    if (code >= 0x80)
      tell('error', `${topics[index] ?? ''} may not be read`, "the broker's ACL must allow it");

  const hasEvents = channels.includes('event');
  const isTested = eventTypesOf(sensor).includes('test');
  const [echo, payload] =
    hasEvents && isTested ? [topicOf('event'), testEvent(sensor, core.stamp.timeZone)] : [status, ''];
  if (payload === '') tell('ok', `${sensor.alias} has no event that could be tested (${sensor.type})`);
  else if (await comesBack(visit, { topic: echo, payload, retain: false }))
    tell('ok', `${echo}: the test event came back`);
  else tell('error', `${echo}: the test event did not come back`, ACL_HINT);

  // What the broker keeps comes before the echo of what was published afterwards; without an event there is none.
  if (payload === '') await visit.until(() => visit.retained().get(status) === 'online', ECHO_MS);
  const retained = visit.retained();
  const online = retained.get(status);
  if (online === 'online') tell('ok', `${status}: online`);
  else tell('warning', `${status}: ${online ?? 'nothing'}`, OFFLINE_HINT);
  for (const channel of channels) {
    if (channel === 'event') continue;
    const value = retained.get(topicOf(channel));
    tell(value === undefined ? 'warning' : 'ok', `${topicOf(channel)}: ${value ?? 'nothing yet'}`);
  }
  for (const { topic } of discovery) {
    if ((retained.get(topic) ?? '') !== '') tell('ok', `${topic}: there for Home Assistant`);
    else tell('warning', `${topic}: not there`, 'the service publishes it when it starts');
  }
}

/** Publishes it and waits for it. */
async function comesBack(visit: Visit, message: Message): Promise<boolean> {
  const { topic, payload } = message;
  const from = visit.arrivals.length;
  await publishOrFail(visit, message);
  return visit.until(() => visit.copies(topic, from).some((copy) => copy.payload === payload), ECHO_MS);
}

function testEvent(sensor: SensorSettings, zoneName: string): string {
  return JSON.stringify({
    event_type: 'test',
    id: `test-${randomBytes(8).toString('hex')}`,
    at: isoAt(Date.now(), timeZone(zoneName)),
    address: sensor.address,
    ...(sensor.zone === undefined ? {} : { zone: sensor.zone }),
  });
}

/** Long enough to be seen on a dashboard. */
const ON_MS = 3000;

/** Publishes ON, then what was there before. Refuses while the zone of the sensor is not known to be disarmed. */
async function toggleMotion(
  { core }: Configuration,
  sensor: SensorSettings,
  visit: Visit,
  tell: Tell,
  isSure: boolean,
): Promise<void> {
  if (!channelsOf(sensor).includes('motion')) throw new CommandError(`${sensor.alias} has no motion`);
  if (sensor.zone !== undefined) {
    const topic = zoneTopic(core.baseTopic, sensor.zone, 'security');
    const state = visit.retained().get(topic) ?? 'unknown';
    const shown = state === 'None' ? 'unknown' : state;
    if (state !== 'disarmed')
      throw new CommandError(`the zone ${sensor.zone} is ${shown}: no motion is made up`, 'disarm it first');
  }
  if (!isSure) {
    if (!processTerminal().isInteractive)
      throw new CommandError('no motion was made up', 'add --yes to really do it');
    const question = `Turn the motion of ${sensor.alias} on for ${ON_MS / 1000} s? Automations will run.`;
    if (!(await askOnTerminal.yesOrNo(question, false))) throw new CommandError('cancelled');
  }

  const topic = sensorTopic(core.baseTopic, sensor.topic, 'motion');
  const before = visit.retained().get(topic) ?? 'OFF';
  const put = async (payload: string): Promise<void> => {
    const isBack = await comesBack(visit, { topic, payload, retain: true });
    tell(isBack ? 'ok' : 'error', `${topic}: ${payload} ${isBack ? 'came back' : 'did not come back'}`);
  };
  try {
    await put('ON');
    await pause(ON_MS);
  } finally {
    await put(before);
  }
}
