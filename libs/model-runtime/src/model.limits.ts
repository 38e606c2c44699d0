import { ModelRuntimeError } from './model-runtime.errors';

/** What a model file may ask for before anything of it is loaded. */
export const MODEL_LIMITS = {
  bytes: 256 * 1024 * 1024,
  /** In the graph and in all graphs within it. */
  nodes: 50_000,
  /** Graphs within graphs: the branches of If, the body of Scan. */
  depth: 8,
} as const;

const MAX_TEXT = 100;

/** Names come from the file, and may be anything. */
export const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

export function refusedModel(field: string, value: string | number | null, rule: string): ModelRuntimeError {
  const shown = typeof value === 'string' ? cut(value) : value;
  const message = `The model is refused: ${cut(field)} ${rule}; got ${JSON.stringify(shown)}`;
  return new ModelRuntimeError('MODEL_UNLOADABLE', message, { field: cut(field), value: shown, rule });
}
