/**
 * The shape of what Home Assistant is told: devices with components. Keys of a component are Home Assistant's
 * own (long names, no `~`), so that a payload is written as it is read.
 */

/** Anything that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The kinds of components that we offer. */
export const PLATFORMS = [
  'binary_sensor',
  'sensor',
  'event',
  'switch',
  'light',
  'alarm_control_panel',
  'device_automation',
] as const;

/** One of them. */
export type Platform = (typeof PLATFORMS)[number];

/** One component of a device payload: an entity or a device trigger. */
export type Component = { readonly platform: Platform; readonly [key: string]: Json };

/** One device of Home Assistant, before it is put into one message or several. */
export type DiscoveryDevice = {
  /** Names it in the discovery topic and is its only identifier: `[a-zA-Z0-9_-]`, the same for ever. */
  readonly objectId: string;
  /** Keys of the device object that every release since 2023.8 takes. */
  readonly device: Readonly<Record<string, Json>>;
  /** Keys of the device object that releases with device-based discovery (2024.12) take, older ones reject. */
  readonly newerDeviceKeys: Readonly<Record<string, Json>>;
  /** All of these topics must say `online`; empty = its entities bring their own availability or have none. */
  readonly availabilityTopics: readonly string[];
  /** By component key: `[a-zA-Z0-9_-]`, unique in the device and the same for ever. */
  readonly components: Readonly<Record<string, Component>>;
};
