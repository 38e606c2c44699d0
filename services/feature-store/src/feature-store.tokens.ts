export const VIEW_STORE = Symbol('feature view store');
