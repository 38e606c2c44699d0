import type { Parameters } from './infer.call';
import { invalid } from './open-inference.error';

/** Empty where none was given. */
export function readId(id: unknown): string {
  if (id === undefined || id === null) return '';
  if (typeof id === 'string') return id;
  throw invalid('id', id, 'must be a text');
}

export const NONE: Parameters = Object.freeze({});

export function checkParameters(field: string, given: unknown): Parameters {
  if (given === undefined || given === null) return NONE;
  if (typeof given === 'object' && !Array.isArray(given)) return given as Parameters;
  throw invalid(field, given, 'must be an object');
}

/** Parameters that ask for what there is not here, and whose answer would be wrong without it. */
const UNSUPPORTED = ['shared_memory_region', 'classification'];

/** Throws INVALID_INPUT for shared memory and for Triton's classification of outputs. */
export function requireSupported(name: string, parameters: Parameters): void {
  if (parameters === NONE) return;
  const asked = UNSUPPORTED.find((parameter) => parameters[parameter] !== undefined);
  if (asked !== undefined) throw invalid(name, asked, `must do without the parameter ${asked}, which is not supported`);
}
