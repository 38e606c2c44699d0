// fast-check as the tests import it: the same cases in every run, so that a verdict on a change does not depend on
// chance. `make nightly` explores others by PROPERTY_SEED and PROPERTY_RUNS; a failure prints the seed that repeats it.
const fc = require('../../node_modules/fast-check/lib/cjs/fast-check.js');

const { PROPERTY_SEED = '20261121', PROPERTY_RUNS = '100' } = process.env;
fc.configureGlobal({ seed: Number(PROPERTY_SEED), numRuns: Number(PROPERTY_RUNS) });

module.exports = fc;
