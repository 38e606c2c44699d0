export { addressesOf, type PlatformAddresses, type PlatformPlan } from './platform/platform.plan';
export {
  type PlatformOptions,
  runningPlatform,
  type StartedPlatform,
  startPlatform,
  stopPlatform,
} from './platform/platform.start';
