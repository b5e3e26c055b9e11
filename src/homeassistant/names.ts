/** Ids for Home Assistant, made of names that people chose. */

/** Letters that do not come apart into a plain letter and an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/**
 * A name as Home Assistant writes it in an entity id: lower case, `[a-z0-9_]`, no underscore doubled or at an
 * end. Empty when nothing of it can be written so.
 */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** A text as part of a discovery topic, where Home Assistant allows `[a-zA-Z0-9_-]` only. */
export function topicId(text: string): string {
  return text.replace(/[^a-zA-Z0-9_-]/g, '_');
}

/**
 * The entity id that Home Assistant is asked to use when it first sees an entity (`default_entity_id`): the
 * owner's name for the device and the channel, but not the channel twice ("hall_motion", not
 * "hall_motion_motion"). `fallback` is used when the name has no letter that an entity id can hold.
 */
export function defaultEntityId(platform: string, name: string, fallback: string, channel: string): string {
  const base = slug(name) || slug(fallback);
  const repeated = base === channel || base.endsWith(`_${channel}`);
  return `${platform}.${repeated || channel === '' ? base : `${base}_${channel}`}`;
}
