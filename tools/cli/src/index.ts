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
