/**
 * fast-check, with the seed that PROPERTY_SEED gives: what decides about a change of the sources tries the same cases
 * each time, everybody else tries others each time.
 */

import fc from 'fast-check';

const seed = process.env['PROPERTY_SEED'];
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });

export { fc };
