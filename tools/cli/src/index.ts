export { addressesOf, type PlatformAddresses, type PlatformPlan } from './platform/platform.plan';
export {
  type PlatformOptions,
  runningPlatform,
  type StartedPlatform,
  startPlatform,
  stopPlatform,
} from './platform/platform.start';
export { kafkaAcls } from './privileges/kafka.commands';
export { type MongoRole, mongoRoles } from './privileges/mongo.roles';
export { platformPrivileges, userOf } from './privileges/platform.privileges';
export { privilegeMarkdown } from './privileges/privilege.table';
export { serviceProcesses, type ServiceState, serviceStates } from './platform/service.states';
export { type GroupLag, platformLag } from './kafka/group.lag';
