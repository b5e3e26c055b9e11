/** What the loader hands over: the settings of the core and of the shell, plain and frozen. Times are milliseconds. */
import type { CoreSettings } from '../core-settings.js';
import type { Problem } from './problem.js';

/** The log of heyu and the heyu program. Paths are absolute. */
type HeyuSettings = {
  readonly log: string;
  /** Look for changes at intervals instead of waiting for notices of the file system. */
  readonly polling: boolean;
  readonly pollIntervalMs: number;
  /** How long a rotated log is read beside the new one. */
  readonly lingerMs: number;
  /** The heyu program: a path, or a name to be found in PATH. */
  readonly command: string;
};

/** How to reach the broker. Secrets are resolved: nothing of this may be logged as a whole. */
export type MqttSettings = {
  /** Without user and password; at least one. */
  readonly urls: readonly string[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** PEM texts. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly clientId: string;
  readonly keepaliveMs: number;
  readonly protocol: '3.1.1' | '5';
  readonly session: 'persistent' | 'clean';
};

/** Files that the configuration was read from: a change of any of them asks for a reload. Absolute paths. */
export type ConfigurationFiles = {
  readonly config: string | undefined;
  readonly aliases: string | undefined;
  readonly x10config: string | undefined;
  readonly password: string | undefined;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
};

/** A configuration without problems. */
export type Configuration = {
  readonly core: CoreSettings;
  readonly heyu: HeyuSettings;
  readonly mqtt: MqttSettings;
  readonly homeassistant: { readonly birthTopic: string; readonly birthPayload: string };
  /** Cron expressions; undefined = off. */
  readonly cron: { readonly discovery: string | undefined; readonly summary: string | undefined };
  /** Absolute path. */
  readonly stateDir: string;
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly format: 'auto' | 'journald' | 'json' | 'pretty';
  };
  readonly files: ConfigurationFiles;
  /** False when the alias file did not exist: a reload should rather wait than drop all sensors. */
  readonly aliasFileFound: boolean;
  readonly warnings: readonly Problem[];
};
