export { StackError, type StackErrorCode } from './stack.error';
export { type StackOptions, defaultArtifacts, defaultHome, stackOptions } from './stack.config';
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
  restartMongo,
  signalServer,
  stackStatus,
  startKafka,
  startMongo,
  startStack,
  stopStack,
} from './stack';
export { freePort, isPortFree } from './free.port';
export { withLock } from './exclusive.lock';
export { type ProcessRecord, readProcessRecord, runningProcess, runningProcesses } from './process.record';
export { type ProcessSpec, signalProcess, startProcess, stopProcess, stopProcesses } from './process.supervisor';
export type { Detour } from './server.properties';
export { kafkaVersion } from './kafka.installation';
export { secantusVersion } from './secantus.installation';
