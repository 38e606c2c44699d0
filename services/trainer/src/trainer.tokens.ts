export const RUN_STORE = Symbol('training run store');
export const TRAINING_METRICS = Symbol('training metrics');
export const RUN_LIMITS = Symbol('training run limits');
export const ESTIMATORS = Symbol('estimators');
export const TASK_STORE = Symbol('training trial store');
export const RUN_SOURCES = Symbol('training run sources');
