export const DEPLOYMENT_STORE = Symbol('deployer deployment store');
export const REPLICA_STORE = Symbol('deployer replica store');
export const OBSERVATION_STORE = Symbol('deployer observation store');
