export { runningPlatform, stopPlatform } from './platform/platform.start';
export { kafkaAcls } from './privileges/kafka.commands';
export { type MongoRole, mongoRoles } from './privileges/mongo.roles';
export { platformPrivileges, userOf } from './privileges/platform.privileges';
export { serviceProcesses, type ServiceState, serviceStates } from './platform/service.states';
export { type GroupLag, platformLag } from './kafka/group.lag';
