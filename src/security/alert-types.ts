/**
 * Every `event_type` that is ever published on a zone's `alert` topic. Home Assistant drops an event whose type
 * its event entity does not offer, with a warning, so the zone and the discovery read the same table.
 */

/** A signal in an armed zone; `late` within it says that it was read too late to be live (decision 5). */
export const ALERT_EVENTS = ['alert'] as const;

/** Any of them. */
export type AlertType = (typeof ALERT_EVENTS)[number];
