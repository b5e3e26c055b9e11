/** Where heyu's lines come from. */

/**
 * The source tags of heyu's log (poll.c `source_name`): who caused a line. A new one goes to the end: selections in a
 * checkpoint are kept by place (selection.ts). Which of them count by default: HOUSE_SOURCES, and config/aliases.
 */
export const SOURCES = [
  'rcvi',
  'rcva',
  'rcvt',
  'sndc',
  'snda',
  'snds',
  'sndp',
  'sndm',
  'sndt',
  'xmtf',
  'syst',
] as const;

/** One of them. */
export type Source = (typeof SOURCES)[number];

/**
 * Sources of things that happened in the house (docs/design.md, decision 1): the power line, RF forwarded, RF
 * transceived (heyu's default for RF) and the trigger of a macro. All others are heyu's own commands.
 */
export const HOUSE_SOURCES: readonly Source[] = ['rcvi', 'rcva', 'snda', 'rcvt'];
