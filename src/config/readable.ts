/** Makes names for people of names for programs. */

/** `hall_motion` becomes "Hall motion". What holds no letter or digit stays as it is. */
export function readable(name: string): string {
  const words = name.split(/[._-]+/).filter((word) => word !== '');
  const sentence = words.join(' ');
  return sentence === '' ? name : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}
