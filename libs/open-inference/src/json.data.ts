import { type Datatype, type DatatypeRules, type Element, rulesOf } from './datatype';
import { invalid } from './open-inference.error';

/**
 * Elements of a tensor from JSON: flat, or nested as its shape says. Null stands for a missing value. Throws
 * INVALID_INPUT naming what is no element of the datatype.
 */
export function readJsonData(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  data: unknown,
): (Element | null)[] {
  if (!Array.isArray(data)) throw invalid(name, data, 'must have its values in a list, data');
  const count = shape.reduce((product, size) => product * size, 1);
  const flat = Array.isArray(data[0]) ? flattened(name, shape, data) : data;
  if (flat.length !== count) throw invalid(name, flat.length, `must have ${count} values as its shape says`);
  const check = checkOf(datatype, rulesOf(datatype));
  flat.forEach((value, index) => {
    const rule = value === null ? undefined : check(value);
    if (rule !== undefined) throw invalid(`${name}: value ${index}`, value, rule);
  });
  return flat;
}

function flattened(name: string, shape: readonly number[], data: readonly unknown[]): unknown[] {
  const values: unknown[] = [];
  const visit = (part: unknown, depth: number): void => {
    const size = shape[depth];
    if (size === undefined) {
      if (Array.isArray(part)) throw invalid(name, part, `must be nested ${shape.length} deep as its shape says`);
      values.push(part);
      return;
    }
    if (!Array.isArray(part)) throw invalid(name, part, `must be nested ${shape.length} deep as its shape says`);
    if (part.length !== size) {
      throw invalid(name, part.length, `must have ${size} parts at depth ${depth + 1}, as its shape [${shape}] says`);
    }
    part.forEach((each) => visit(each, depth + 1));
  };
  visit(data, 0);
  return values;
}

type Check = (value: unknown) => string | undefined;

function checkOf(datatype: Datatype, { kind, least, greatest }: DatatypeRules): Check {
  if (kind === 'bool') return (value) => (typeof value === 'boolean' ? undefined : 'must be true, false or null');
  if (kind === 'text') return (value) => (typeof value === 'string' ? undefined : 'must be a text or null');
  if (kind === 'float') {
    return (value) => (Number.isFinite(value) ? undefined : `must be a finite number of ${datatype}, or null`);
  }
  return (value) => {
    if (!Number.isInteger(value)) return `must be a whole number of ${datatype}, or null`;
    if (!Number.isSafeInteger(value)) return 'must lie within ±9007199254740991 in JSON; binary data holds larger ones';
    const inside = (value as number) >= least && (value as number) <= greatest;
    return inside ? undefined : `must lie from ${least} to ${greatest} as ${datatype}`;
  };
}
