import type { SensorSettings } from './sensor/settings.js';
import type { ZoneSettings } from './security/zone.js';
import type { StampForm } from './heyu/stamp.js';
import type { Scales } from './heyu/x10config.js';

/** A place on the earth, in degrees: north and east are positive. */
export type Location = { readonly latitude: number; readonly longitude: number };

/** What the pure core needs to know: the configuration without files, hosts and secrets. Times are milliseconds. */
export type CoreSettings = {
  readonly baseTopic: string;
  /** Stays forever; the first part of every unique id. */
  readonly bridgeId: string;
  readonly sensors: readonly SensorSettings[];
  readonly zones: readonly ZoneSettings[];
  readonly homeassistant: {
    readonly discovery: 'device' | 'entity' | 'off';
    readonly prefix: string;
    /** Home Assistant's release, year and month; undefined = any that we support. */
    readonly release?: readonly [number, number] | undefined;
    /** Where the page is opened, with a slash at its end; undefined = not known. */
    readonly pageUrl?: string | undefined;
  };
  readonly stamp: StampForm;
  /** What heyu's configuration says of the units in its log; empty where it says nothing or is not known. */
  readonly scales: Scales;
  /** Motion older than this is not sent at all. */
  readonly replayMaxAgeMs: number;
  /** An address that got no function within this time is forgotten. */
  readonly addressExpiryMs: number;
  /** The log counts as quiet when nothing was written to it for this long; 0 = never. */
  readonly quietAfterMs: number;
  /** Where the house is: sunrise and sunset follow from it. Undefined = not known. */
  readonly location?: Location | undefined;
  /** Lamps and appliances may be switched through the heyu command. */
  readonly control: boolean;
  /** Our own version, for Home Assistant. */
  readonly version: string;
};

/** What the service is told beside the core's settings. */
export type ServiceSettings = {
  readonly core: CoreSettings;
  readonly logPath: string;
  readonly sessionKind: 'persistent' | 'clean';
  /** Names our session at the broker: another broker or client id has another one. Without secrets. */
  readonly sessionName: string;
  readonly birthTopic: string;
  readonly birthPayload: string;
  /** Settings that have no effect and are ignored, in words. */
  readonly ignored?: readonly string[];
};
