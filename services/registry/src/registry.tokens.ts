export const VERSION_STORE = Symbol('model version store');
