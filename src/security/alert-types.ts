/**
 * Every `event_type` that is ever published on a zone's `alert` topic. Home Assistant drops an event whose type
 * its event entity does not offer, with a warning, so the zone and the discovery read the same table.
 */

/** A signal in an armed zone, and one that was read too late to be live (docs/design.md, decision 5). */
export const ALERT_EVENTS = ['alert', 'late_alert'] as const;

/** Either of them. */
export type AlertType = (typeof ALERT_EVENTS)[number];
