export { topicsHandledBy, typesHandledBy } from './handled.topics';
export {
  actionsOf,
  type CollectionGrant,
  type GroupGrant,
  type Privileges,
  privilegesOf,
  type TopicGrant,
  type TopicOperation,
  topicsUsedBy,
} from './privileges';
export type { ServiceNeeds } from './service.needs';
