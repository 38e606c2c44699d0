export type OpenInferenceErrorCode = 'INVALID_INPUT' | 'TOO_MANY_ROWS';

export interface InputProblem {
  /** Name of the tensor or of the field. */
  readonly input: string;
  /** What came. */
  readonly value: unknown;
  /** What was expected. */
  readonly rule: string;
}

/** A request that is not as the protocol says, or does not fit the model. */
export class OpenInferenceError extends Error {
  override readonly name = 'OpenInferenceError';
  readonly retryable = false;
  readonly details: { readonly problems: readonly InputProblem[] };

  constructor(
    readonly code: OpenInferenceErrorCode,
    problem: InputProblem,
  ) {
    super(`${problem.input} ${problem.rule}; got ${shown(problem.value)}`);
    this.details = { problems: [{ ...problem, value: presentable(problem.value) }] };
  }
}

export const invalid = (input: string, value: unknown, rule: string): OpenInferenceError =>
  new OpenInferenceError('INVALID_INPUT', { input, value, rule });

const MAX_TEXT = 100;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** As JSON can hold it. */
function presentable(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  if (typeof value === 'boolean' || value === null || Number.isFinite(value)) return value;
  return value === undefined ? null : shown(value);
}
