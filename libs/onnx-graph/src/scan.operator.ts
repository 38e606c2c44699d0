import type { Graph, Value } from './graph';
import { int } from './layout.operators';
import type { Dim } from './tensor';

export interface ScanResult {
  readonly states: readonly Value[];
  readonly sequences: readonly Value[];
}

/**
 * Runs `body` once per element of the sequences' first axis.
 * Body inputs: states, then one element of each sequence; body outputs: states, then one element of each result sequence.
 */
export function scan(g: Graph, body: Graph, states: readonly Value[], sequences: readonly Value[]): ScanResult {
  if (body.inputs.length !== states.length + sequences.length) {
    throw new Error(`Scan: the body takes ${body.inputs.length} inputs, not ${states.length + sequences.length}`);
  }
  const steps = sequences[0]?.shape[0] as Dim;
  const results = body.outputs.slice(states.length);
  const outputs = g.node(
    'Scan',
    [...states, ...sequences],
    [
      ...states.map(({ type, shape }) => ({ type, shape })),
      ...results.map(({ value }) => ({ type: value.type, shape: [steps, ...value.shape] })),
    ],
    { body: { kind: 'graph', value: body }, num_scan_inputs: int(sequences.length) },
  );
  return { states: outputs.slice(0, states.length), sequences: outputs.slice(states.length) };
}
