/** Puts the effective values together into the configuration that the service knows. */
import type { Scales } from '../heyu/x10config-scales.js';
import type { AliasRead } from './aliases.js';
import type { ConfigValues } from './config-keys.js';
import type { Configuration } from './configuration.js';
import type { Credentials } from './credentials.js';
import type { Problem } from './problem.js';
import type { ZoneRead } from './zones.js';

/** Everything that has been read. Paths in `values` are absolute. */
export type Parts = {
  readonly values: ConfigValues;
  readonly zones: readonly ZoneRead[];
  readonly aliases: readonly AliasRead[];
  readonly credentials: Credentials;
  readonly scales: Scales;
  /** Absolute path. */
  readonly configFile: string | undefined;
  /** Absolute path; undefined when there is no alias file to be looked for. */
  readonly aliasFile: string | undefined;
  readonly aliasFileFound: boolean;
  readonly version: string;
  readonly warnings: readonly Problem[];
};

/** The configuration made of its parts. */
export function assemble(parts: Parts): Configuration {
  const { values, credentials } = parts;
  const bridgeId = values.bridge_id ?? 'x10';
  const schedule = (expression: string): string | undefined =>
    expression === 'off' ? undefined : expression;
  return {
    core: {
      baseTopic: values['mqtt.base_topic'],
      bridgeId,
      sensors: parts.aliases.map(({ settings }) => settings),
      zones: parts.zones.map(({ settings }) => settings),
      homeassistant: {
        discovery: values['homeassistant.discovery'],
        prefix: values['homeassistant.prefix'],
      },
      stamp: { order: values['heyu.date_format'], timeZone: values['heyu.timezone'] ?? 'UTC' },
      scales: parts.scales,
      replayMaxAgeMs: values['replay.max_age'],
      addressExpiryMs: values['selection.address_expiry'],
      quietAfterMs: values['heyu.quiet_after'],
      control: values['heyu.control'],
      version: parts.version,
    },
    heyu: {
      log: values['heyu.log'],
      polling: values['heyu.polling'],
      pollIntervalMs: values['heyu.poll_interval'],
      lingerMs: values['heyu.linger'],
      command: values['heyu.command'],
    },
    mqtt: {
      ...credentials,
      clientId: values['mqtt.client_id'] ?? `heyu2mqtt-${bridgeId}`,
      keepaliveMs: values['mqtt.keepalive'],
      protocol: values['mqtt.protocol'],
      session: values['mqtt.session'],
    },
    homeassistant: {
      birthTopic: values['homeassistant.birth_topic'],
      birthPayload: values['homeassistant.birth_payload'],
    },
    cron: { discovery: schedule(values['cron.discovery']), summary: schedule(values['cron.summary']) },
    stateDir: values.state_dir,
    log: { level: values['log.level'], format: values['log.format'] },
    files: {
      config: parts.configFile,
      aliases: parts.aliasFile,
      x10config: values['heyu.x10config'],
      password: values['mqtt.password_file'],
      ca: values['mqtt.ca_file'],
      cert: values['mqtt.cert_file'],
      key: values['mqtt.key_file'],
    },
    aliasFileFound: parts.aliasFileFound,
    warnings: parts.warnings,
  };
}
