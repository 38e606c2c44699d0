export { ensurePackages, type PythonEnvironment, PythonPackagesError } from './python.environment';
export { missingPackages, parsePins } from './requirement.pins';
