/** What to do with motion in a zone whose security state is not known (docs/design.md, decision 8). */
export type OnUnknown = 'last_known' | 'alert' | 'annotate';

/**
 * A zone, checked and with its defaults filled in. `external`: its state is some other program's topic and
 * read only. `owned`: the bridge is the only writer. `master`: the sum of other zones. Times are milliseconds.
 */
export type ZoneSettings = {
  /** The key in the configuration: one topic level. */
  readonly zone: string;
  /** Name for people. */
  readonly name: string;
  readonly kind: 'external' | 'owned' | 'master';
  /** External zones: the topic of the state; undefined otherwise. */
  readonly stateTopic: string | undefined;
  /** External zones: JSON pointer (RFC 6901) to the state within a JSON payload; undefined = look for it. */
  readonly pointer: string | undefined;
  /** Words of the user's own that mean armed or disarmed, beside the known vocabulary. */
  readonly armedValues: readonly string[];
  readonly disarmedValues: readonly string[];
  /** Master zones: the zones that it sums up; empty otherwise. */
  readonly members: readonly string[];
  /** How an owned or master zone appears in Home Assistant. */
  readonly panel: 'switch' | 'alarm_control_panel';
  readonly onUnknown: OnUnknown;
  /** Owned zones: `arming` lasts this long. 0 = none. */
  readonly exitDelayMs: number;
  /** Owned zones: `pending` lasts this long before the alarm. 0 = none. */
  readonly entryDelayMs: number;
  /** Owned zones: a command that waited longer than this at the broker is recorded, not executed. */
  readonly commandMaxAgeMs: number;
  /** After an alert of a sensor in this zone, no further alert of that sensor for this long. */
  readonly alertCooldownMs: number;
  /** heyu's own lines `System is Armed Home/Away`, `Disarmed` drive this owned zone. */
  readonly followHeyu: boolean;
  /** Aliases of keyfobs whose Arm and Disarm drive this owned zone. */
  readonly keyfobs: readonly string[];
};

/** A zone of which only the name is known: the bridge keeps it, as a switch, without delays. */
export function ownedZone(zone: string): ZoneSettings {
  return {
    zone,
    name: zone,
    kind: 'owned',
    stateTopic: undefined,
    pointer: undefined,
    armedValues: [],
    disarmedValues: [],
    members: [],
    panel: 'switch',
    onUnknown: 'last_known',
    exitDelayMs: 0,
    entryDelayMs: 0,
    commandMaxAgeMs: 60_000,
    alertCooldownMs: 60_000,
    followHeyu: false,
    keyfobs: [],
  };
}
