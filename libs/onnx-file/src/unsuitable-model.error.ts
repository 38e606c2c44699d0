export interface FileProblem {
  /** An option, or a part of the file, such as `input age`. */
  field: string;
  value: unknown;
  rule: string;
}

/** A file that is whole, and does not fit what it is meant for. Names every problem that was found. */
export class UnsuitableModelError extends Error {
  override readonly name = 'UnsuitableModelError';
  readonly code = 'UNSUITABLE_MODEL';
  readonly retryable = false;
  readonly details: { readonly problems: readonly FileProblem[] };

  constructor(problems: readonly FileProblem[]) {
    super(problems.map(({ field, value, rule }) => `${field} is ${shown(value)}: ${rule}`).join('; '));
    this.details = { problems };
  }
}

const MAX_TEXT = 200;

/** Values come from the file, and may be anything. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

export const unsuitable = (field: string, value: unknown, rule: string): UnsuitableModelError =>
  new UnsuitableModelError([{ field, value, rule }]);
