export const VIEW_STORE = Symbol('feature view store');
export const ONLINE_STORE = Symbol('online store');
export const MATERIALISING = Symbol('materialising of online rows');
