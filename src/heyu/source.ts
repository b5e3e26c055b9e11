/** The source tags of heyu's log (poll.c `source_name`): who caused a line. */
export type Source =
  'rcvi' | 'rcva' | 'rcvt' | 'sndc' | 'snda' | 'snds' | 'sndp' | 'sndm' | 'sndt' | 'xmtf' | 'syst';

/** All source tags, in a fixed order. */
export const SOURCES: readonly Source[] = [
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
];

/**
 * Sources of things that happened in the house (docs/design.md, decision 1): the power line, RF forwarded, RF
 * transceived (heyu's default for RF) and the trigger of a macro. All others are heyu's own commands.
 */
export const HOUSE_SOURCES: readonly Source[] = ['rcvi', 'rcva', 'snda', 'rcvt'];
