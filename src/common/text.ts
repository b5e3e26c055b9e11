/** Text for people. */

/** `1 zone`, `2 zones`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Makes text of others safe for a terminal: control and direction characters become `\u001b` and the like. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A value in double quotes as it is shown to people: printable and at most 60 characters of it. */
export function quote(text: string): string {
  const shown = Array.from(text.slice(0, 200)).slice(0, 60).join('');
  return `"${printable(shown)}${shown.length < text.length ? '...' : ''}"`;
}

/** A name for people of a name for programs: `hall_motion` becomes "Hall motion". One without letter or digit stays. */
export function readable(name: string): string {
  const words = name.split(/[._-]+/).filter((word) => word !== '');
  const sentence = words.join(' ');
  return sentence === '' ? name : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}
