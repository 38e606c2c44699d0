export const DEPLOYMENT_STORE = Symbol('deployer deployment store');
export const REPLICA_STORE = Symbol('deployer replica store');
