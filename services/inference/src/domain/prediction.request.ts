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

/** `single`: one row was asked for by feature lists, and one prediction is the answer. */
export type PredictionRequest = { rows: Row[]; single: boolean } | { problem: RequestProblem };

/**
 * A request is `{categorical_features, numerical_features}`, values in the order of the artifact's signature (string
 * inputs in the first list, all others in the second), or `{instances: [{column: value}]}`. Values themselves are
 * checked by the model.
 */
export function readRequest(body: unknown, inputs: readonly InputColumn[]): PredictionRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return problem(
      'body',
      body,
      'must be an object with categorical_features and numerical_features, or with instances',
    );
  }
  return 'instances' in body ? readInstances(body.instances) : readFeatures(body, inputs);
}

const problem = (input: string, value: unknown, rule: string) => ({ problem: { input, value, rule } });

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

function readInstances(instances: unknown): PredictionRequest {
  if (!Array.isArray(instances) || instances.length === 0) {
    return problem('instances', Array.isArray(instances) ? [] : instances, 'must be a list of at least one object');
  }
  const wrong = instances.findIndex((instance) => !isRow(instance));
  if (wrong >= 0) return problem(`instances[${wrong}]`, instances[wrong], 'must be an object of column values');
  return { rows: instances as Row[], single: false };
}

function readFeatures(body: object, inputs: readonly InputColumn[]): PredictionRequest {
  const lists = [
    { field: 'categorical_features', columns: inputs.filter(({ type }) => type === 'string') },
    { field: 'numerical_features', columns: inputs.filter(({ type }) => type !== 'string') },
  ];
  const row: Row = {};
  for (const { field, columns } of lists) {
    const values = Reflect.get(body, field) ?? [];
    if (!Array.isArray(values)) return problem(field, values, 'must be a list');
    if (values.length !== columns.length) {
      const names = columns.map(({ name }) => name).join(', ');
      return problem(field, values.length, `must have ${columns.length} values (${names}), has ${values.length}`);
    }
    columns.forEach(({ name }, index) => (row[name] = values[index]));
  }
  return { rows: [row], single: true };
}
