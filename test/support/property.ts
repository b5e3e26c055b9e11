/**
 * fast-check, with the seed that PROPERTY_SEED gives: what decides about a change of the sources tries the same cases
 * each time, everybody else tries others each time.
 */

import fc from 'fast-check';

const seed = process.env['PROPERTY_SEED'];
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });

/** How often a property is tried that is not tried the usual 100 times: ten times as often in .ci/full. */
export const runs = (count: number): number => (process.env['CI_FULL'] === '1' ? 10 * count : count);

export { fc };
