export { StackError, type StackErrorCode } from './stack.error';
export { type StackOptions, defaultArtifacts, stackOptions } from './stack.config';
export {
  type ServerName,
  type ServerStatus,
  type Stack,
  killKafka,
  killMongo,
  logDirectory,
  processDirectory,
  processesOf,
  resetStack,
  restartKafka,
  signalServer,
  stackStatus,
  startKafka,
  startMongo,
  startStack,
  stopStack,
} from './stack';
export { freePort } from './free.port';
export { withLock } from './exclusive.lock';
export { runningProcess } from './process.record';
export { startProcess, stopProcess, stopProcesses } from './process.supervisor';
export type { Detour } from './server.properties';
export { kafkaVersion } from './kafka.installation';
export { installLightGbm, type LightGbmOptions } from './lightgbm.installation';
export { secantusVersion } from './secantus.installation';
