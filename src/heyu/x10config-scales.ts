/** How heyu's configuration scales measured values before it writes them (config.c, directives `*_SCALE`). */

const DIRECTIVES = [
  'ORE_BPSCALE',
  'ORE_WGTSCALE',
  'ORE_WINDSCALE',
  'ORE_RAINRATESCALE',
  'ORE_RAINTOTSCALE',
  'RFX_BPSCALE',
  'RFX_VADSCALE',
  'RFX_POWERSCALE',
  'RFX_WATERSCALE',
  'RFX_GASSCALE',
  'RFX_PULSESCALE',
] as const;

/** A directive that names a unit of the owner's and what it is worth. */
export type ScaleDirective = (typeof DIRECTIVES)[number];

/** heyu writes `native * factor + offset` and then the word, which is free text. */
export type Scale = { readonly word: string; readonly factor: number; readonly offset: number };

/** The scales that a configuration sets. Without a directive heyu writes the native unit. */
export type Scales = Readonly<Partial<Record<ScaleDirective, Scale>>>;

/** heyu keeps a word in NAME_LEN = 32 bytes, its end included (process.h:48). */
const WORD_LENGTH = 31;

/** A number as strtod reads it to the end of the word. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Whether a directive is one of these. */
export function isScaleDirective(name: string): name is ScaleDirective {
  return DIRECTIVES.some((directive) => directive === name);
}

/** Reads the values of such a directive, or says in heyu's words what is wrong with them. */
export function readScale(name: ScaleDirective, values: readonly string[]): Scale | string {
  const [word = '', factor = '', offset = '0'] = values;
  if (!NUMBER.test(factor)) return `Invalid ${name} scale factor.`;
  if (!NUMBER.test(offset)) return `Invalid ${name} offset.`;
  return { word: word.slice(0, WORD_LENGTH), factor: Number(factor), offset: Number(offset) };
}
