/** How heyu's configuration scales measured values before it writes them (config.c, directives `*_SCALE`). */

import { readDecimal } from './x10config-values.js';

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

/** Whether a directive is one of these. */
export function isScaleDirective(name: string): name is ScaleDirective {
  return DIRECTIVES.some((directive) => directive === name);
}

/** Reads the values of such a directive, which its rule has let pass. */
export function readScale([word = '', factor = '', offset = '0']: readonly string[]): Scale {
  return {
    word: word.slice(0, WORD_LENGTH),
    factor: readDecimal(factor) ?? 1,
    offset: readDecimal(offset) ?? 0,
  };
}
