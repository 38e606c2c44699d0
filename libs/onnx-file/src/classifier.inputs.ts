import { type DeclaredValue } from './model.parts';
import { DOUBLE, FLOAT, STRING, typeName } from './onnx.fields';
import { type FileProblem, unsuitable, UnsuitableModelError } from './unsuitable-model.error';

/** A column of the pipeline that a model may take. */
export interface RawColumn {
  name: string;
  /** As it is served: categories are strings, dates days since 1970-01-01. */
  type: 'string' | 'number' | 'integer' | 'boolean' | 'date';
  nullable: boolean;
  /** Those that are declared, as text. */
  values?: readonly string[];
}

/** How a column enters an input of the file. */
export interface BoundColumn {
  column: RawColumn;
  /** Of a text column that fills numbers: what each declared value becomes. */
  codes: ReadonlyMap<string, number> | null;
}

export interface BoundInput {
  input: DeclaredValue;
  columns: BoundColumn[];
}

/** uint8, int8, uint16, int16, int32, int64, bool: they have no value that is missing. */
const WHOLE: readonly number[] = [2, 3, 4, 5, 6, 7, 9];
const MAX_SHOWN = 50;

const fieldOf = ({ name }: DeclaredValue): string => `input ${name}`;

/** Values for each row; null: any number. Throws UnsuitableModelError. */
function widthOf(input: DeclaredValue): number | null {
  const { kind, elementType, shape } = input;
  if (kind !== 'tensor') throw unsuitable(fieldOf(input), kind, 'must be a tensor');
  if (![FLOAT, DOUBLE, STRING, ...WHOLE].includes(elementType)) {
    const rule = 'must be a tensor of float, double, string, bool or whole numbers of up to 64 bits';
    throw unsuitable(fieldOf(input), typeName(elementType), rule);
  }
  if (shape === null || shape.length === 0 || shape.length > 2) {
    throw unsuitable(fieldOf(input), shape, 'must be declared with shape [batch, columns]');
  }
  if (shape[0] !== null) {
    const rule = 'must take any number of rows: its first size must be free (dynamic axes, FloatTensorType([None, n]))';
    throw unsuitable(fieldOf(input), shape, rule);
  }
  return shape.length === 1 ? 1 : (shape[1] as number | null);
}

/**
 * Which columns fill which input: those of the declared order, one input after the other, else the column of the input's
 * name. Throws UnsuitableModelError that names every column that does not fit.
 */
export function bindInputs(
  inputs: readonly DeclaredValue[],
  columns: readonly RawColumn[],
  order: readonly string[] | null,
): BoundInput[] {
  const widths = inputs.map(widthOf);
  const names = order === null ? namesOfInputs(inputs, widths) : namesInOrder(inputs, widths, order);
  const known = new Map(columns.map((column) => [column.name, column]));
  const problems: FileProblem[] = [];
  const bound = inputs.map((input, index) => ({
    input,
    columns: (names[index] as string[]).flatMap((name) => {
      const column = known.get(name);
      const field = order === null ? fieldOf(input) : 'columns';
      if (column === undefined) problems.push({ field, value: name, rule: unknownRule([...known.keys()]) });
      return column ? [boundColumn(input, column, problems)] : [];
    }),
  }));
  const all = names.flat();
  const twice = all.find((name, index) => all.indexOf(name) < index);
  if (twice !== undefined) problems.push({ field: 'columns', value: twice, rule: 'must be named once' });
  if (problems.length > 0) throw new UnsuitableModelError(problems);
  return bound;
}

const unknownRule = (known: readonly string[]): string => {
  const more = known.length > MAX_SHOWN ? ` and ${known.length - MAX_SHOWN} more` : '';
  return `must be a feature of the pipeline: ${known.slice(0, MAX_SHOWN).join(', ')}${more}`;
};

function namesOfInputs(inputs: readonly DeclaredValue[], widths: readonly (number | null)[]): string[][] {
  return inputs.map((input, index) => {
    if (widths[index] === 1) return [input.name];
    const rule =
      'takes several columns: their order must be given (--columns a,b,c, or perennial.columns in the file’s metadata)';
    throw unsuitable(fieldOf(input), input.shape, rule);
  });
}

/** The one input whose width is free takes what the others leave. */
function namesInOrder(
  inputs: readonly DeclaredValue[],
  widths: readonly (number | null)[],
  order: readonly string[],
): string[][] {
  const fixed = widths.reduce<number>((sum, width) => sum + (width ?? 0), 0);
  const open = widths.filter((width) => width === null).length;
  const left = order.length - fixed;
  if (open > 1 || left < open || (open === 0 && left !== 0)) {
    const takes = inputs.map(({ name }, index) => `${name} takes ${widths[index] ?? 'any number'}`).join(', ');
    throw unsuitable('columns', order.length, `must be as many as the inputs take: ${takes}`);
  }
  let at = 0;
  return widths.map((width) => order.slice(at, (at += width ?? left)));
}

function boundColumn(input: DeclaredValue, column: RawColumn, problems: FileProblem[]): BoundColumn {
  const { elementType } = input;
  const text = column.type === 'string';
  const refuse = (rule: string) => problems.push({ field: fieldOf(input), value: typeName(elementType), rule });
  if (elementType === STRING) {
    if (!text) refuse(`must take numbers: column ${column.name} is ${column.type}`);
    return { column, codes: null };
  }
  if (WHOLE.includes(elementType) && column.nullable) {
    refuse(
      `must take float or double: column ${column.name} may be null, and ${typeName(elementType)} has no such value`,
    );
  }
  if (!text) return { column, codes: null };
  const codes = codesOf(column);
  if (codes === null) {
    refuse(`must take strings: column ${column.name} is text, and its declared values are not all numbers`);
  }
  return { column, codes };
}

/** Categories that are numbers, such as "1" and "2". */
function codesOf({ values = [] }: RawColumn): Map<string, number> | null {
  const codes = new Map(values.map((value) => [value, value.trim() === '' ? NaN : Number(value)]));
  return codes.size > 0 && [...codes.values()].every(Number.isFinite) ? codes : null;
}
