export const PREDICTION_STORE = Symbol('inference prediction store');
export const SERVING_METRICS = Symbol('inference serving metrics');
export const REGISTERED_MODEL = Symbol('model that is served from a registry');
export const LABEL_STORE = Symbol('inference label store');
export const LOOKUP_METRICS = Symbol('inference lookup metrics');
export const TRIAL_MEMORY = Symbol('inference trial memory');
