import type { ColumnType } from '@perennial/columns';

export interface InputColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export interface RequestProblem {
  input: string;
  value: unknown;
  rule: string;
}

export type Row = Record<string, unknown>;

/** `single`: one row was asked for by features, and one prediction is the answer. */
export type PredictionRequest = { rows: Row[]; single: boolean } | { problem: RequestProblem };

type Read = (value: unknown, field: string, inputs: readonly InputColumn[]) => PredictionRequest;

/** Each form of a request by the field that holds its rows; those of MLflow's scoring servers among them. */
const FORMS: Readonly<Record<string, Read>> = {
  instances: readRows,
  dataframe_records: readRows,
  dataframe_split: readSplit,
  inputs: readInputs,
};

const FORM_FIELDS = Object.keys(FORMS);
const FEATURES = ['categorical_features', 'numerical_features'];
const FIELDS = [...FEATURES, ...FORM_FIELDS].join(', ');

/** What a request may leave out because it is looked up, by the entity that it names in other fields. */
export interface Lookup {
  readonly entities: readonly string[];
  readonly columns: readonly string[];
}

const ENTITIES = 'entities';

/**
 * Rows of a request: `{categorical_features, numerical_features}` for one row, `{instances}` for any number, or what
 * MLflow's scoring servers take. With a lookup, one row may carry `{entities}` and leave out what is looked up. A list of values stands in the order of the artifact's signature. Values themselves are
 * checked by the model.
 */
export function readRequest(body: unknown, inputs: readonly InputColumn[], lookup?: Lookup): PredictionRequest {
  if (!isObject(body)) return problem('body', body, `must be an object with ${FIELDS}`);
  const given = FORM_FIELDS.filter((field) => body[field] !== undefined);
  const features =
    FEATURES.some((field) => body[field] !== undefined) || (lookup !== undefined && body[ENTITIES] !== undefined);
  const { params } = body;
  if (params !== undefined && params !== null && (!isObject(params) || Object.keys(params).length > 0)) {
    return problem('params', params, 'must be left out or empty: the model takes no parameters');
  }
  if (given.length + Number(features) > 1) {
    return problem('body', Object.keys(body), `must hold the rows in one form of ${FIELDS}`);
  }
  const [field] = given;
  if (field !== undefined) return (FORMS[field] as Read)(body[field], field, inputs);
  if (!features) return problem('body', Object.keys(body), `must hold the rows, in one form of ${FIELDS}`);
  return readFeatures(body, inputs, lookup);
}

const problem = (input: string, value: unknown, rule: string) => ({ problem: { input, value, rule } });

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

type FeatureColumns = Readonly<Record<'categorical' | 'numerical', readonly InputColumn[]>> & {
  /** A row with all columns and no values: a copy of it takes them without growing, which costs most of reading a row. */
  readonly empty: Row;
};

const known = new WeakMap<readonly InputColumn[], FeatureColumns>();

/** Columns by kind: texts and categories, and all others. Made once for each model. */
export function featureColumns(inputs: readonly InputColumn[]): FeatureColumns {
  let columns = known.get(inputs);
  if (columns === undefined) {
    const ofKind = (texts: boolean) => inputs.filter(({ type }) => (type === 'string') === texts);
    const [categorical, numerical] = [ofKind(true), ofKind(false)];
    const empty = Object.fromEntries([...categorical, ...numerical].map(({ name }) => [name, undefined]));
    known.set(inputs, (columns = { categorical, numerical, empty }));
  }
  return columns;
}

const namesOf = (columns: readonly InputColumn[]): string => columns.map(({ name }) => name).join(', ');

/** Objects of column values, or lists of them in the order of the signature. */
function readRows(rows: unknown, field: string, inputs: readonly InputColumn[]): PredictionRequest {
  if (!Array.isArray(rows) || rows.length === 0) {
    return problem(field, rows, 'must be a list of at least one row');
  }
  if (rows.every(isObject)) return { rows, single: false };
  const read: Row[] = [];
  for (const [index, row] of rows.entries()) {
    if (isObject(row)) read.push(row);
    else if (Array.isArray(row) && row.length === inputs.length) read.push(rowOf(inputs, row));
    else {
      const at = `${field}[${index}]`;
      if (!Array.isArray(row)) return problem(at, row, 'must be an object of column values, or a list of them');
      return problem(at, row.length, `must have ${inputs.length} values (${namesOf(inputs)}), has ${row.length}`);
    }
  }
  return { rows: read, single: false };
}

const rowOf = (columns: readonly { readonly name: string }[], values: readonly unknown[]): Row =>
  Object.fromEntries(columns.map(({ name }, index) => [name, values[index]]));

/** `{columns, data}`, as pandas writes a table with orient="split". */
function readSplit(split: unknown, field: string): PredictionRequest {
  const { columns, data } = isObject(split) ? split : {};
  const named = Array.isArray(columns) && columns.every((name) => typeof name === 'string');
  if (!named || !Array.isArray(data) || data.length === 0) {
    return problem(field, split, 'must be an object with columns, a list of names, and data, a list of rows');
  }
  if (new Set(columns).size < columns.length) return problem(`${field}.columns`, columns, 'must name each column once');
  const wrong = data.findIndex((row) => !Array.isArray(row) || row.length !== columns.length);
  if (wrong >= 0) {
    const row: unknown = data[wrong];
    const value = Array.isArray(row) ? row.length : row;
    return problem(`${field}.data[${wrong}]`, value, `must be a list of ${columns.length} values, one for each column`);
  }
  const described = columns.map((name: string) => ({ name }));
  return { rows: data.map((row: unknown[]) => rowOf(described, row)), single: false };
}

/** Rows, or each column with its list of values. */
function readInputs(given: unknown, field: string, inputs: readonly InputColumn[]): PredictionRequest {
  if (!isObject(given)) return readRows(given, field, inputs);
  const columns = Object.entries(given);
  const [first] = columns;
  if (first === undefined) return problem(field, given, `must hold the columns ${namesOf(inputs)}`);
  const count = Array.isArray(first[1]) ? first[1].length : 0;
  for (const [name, values] of columns) {
    if (!Array.isArray(values) || values.length === 0) return problem(name, values, 'must be a list of values');
    if (values.length !== count) return problem(name, values.length, `must have ${count} values, as ${first[0]} has`);
  }
  const rows = Array.from({ length: count }, (_, row) =>
    Object.fromEntries(columns.map(([name, values]) => [name, (values as unknown[])[row]])),
  );
  return { rows, single: false };
}

function readFeatures(body: Row, inputs: readonly InputColumn[], lookup?: Lookup): PredictionRequest {
  const columns = featureColumns(inputs);
  const row: Row = lookup ? {} : { ...columns.empty };
  const foreign = lookup && body[ENTITIES] !== undefined ? takeEntities(row, body[ENTITIES], lookup) : null;
  if (foreign) return { problem: foreign };
  for (const kind of ['categorical', 'numerical'] as const) {
    const field = `${kind}_features`;
    if (lookup && body[field] === undefined) continue;
    const wrong = takeFeatures(row, body[field] ?? [], field, columns[kind], lookup);
    if (wrong) return { problem: wrong };
  }
  return { rows: [row], single: true };
}

/** From a list in the order of the columns, or from an object by their names. */
function takeFeatures(
  row: Row,
  values: unknown,
  field: string,
  columns: readonly InputColumn[],
  lookup?: Lookup,
): RequestProblem | null {
  if (isObject(values)) {
    const unknown = Object.keys(values).find((name) => columns.every((column) => column.name !== name));
    if (unknown !== undefined)
      return { input: field, value: unknown, rule: `must name columns of ${namesOf(columns)}` };
    const missing = columns.find(({ name }) => !Object.hasOwn(values, name) && !lookup?.columns.includes(name));
    if (missing) return { input: missing.name, value: null, rule: `must be given in ${field}; null where not known` };
    columns.filter(({ name }) => Object.hasOwn(values, name)).forEach(({ name }) => (row[name] = values[name]));
    return null;
  }
  if (!Array.isArray(values)) return { input: field, value: values, rule: 'must be a list, or an object by name' };
  if (values.length !== columns.length) {
    const rule = `must have ${columns.length} values (${namesOf(columns)}), has ${values.length}`;
    return { input: field, value: values.length, rule };
  }
  for (let index = 0; index < columns.length; index += 1) row[(columns[index] as InputColumn).name] = values[index];
  return null;
}

function takeEntities(row: Row, values: unknown, { entities }: Lookup): RequestProblem | null {
  const rule = `must be an object of ${entities.join(', ')}`;
  if (!isObject(values)) return { input: ENTITIES, value: values, rule };
  const unknown = Object.keys(values).find((name) => !entities.includes(name));
  if (unknown !== undefined) return { input: ENTITIES, value: unknown, rule };
  entities.filter((name) => Object.hasOwn(values, name)).forEach((name) => (row[name] = values[name]));
  return null;
}
