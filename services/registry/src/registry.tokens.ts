export const SUBMISSION_STORE = Symbol('model submission store');
export const VERSION_STORE = Symbol('model version store');
