import { parsePipeline } from '@perennial/pipeline';
import { stringify } from 'yaml';
import { bytesOf, type FuzzTarget, requireEqual } from '../fuzz.target';

const smallest = `apiVersion: perennial/v1
kind: Pipeline
name: leaks
owner: waterworks@city.example
dataset:
  recordId: valve
  target: { column: outcome, positive: leaks }
  columns:
    - { name: valve, type: string, nullable: false }
    - { name: position, type: category, values: [open, shut] }
    - { name: pressure, type: number, minimum: 0, maximum: 10 }
    - { name: outcome, type: category, values: [leaks, holds] }
  closing: { manifest: true, graceSeconds: 1 }
reference: { day: '2026-03-02' }
gate: { metric: f1, averaging: macro, threshold: 0.6, decisionThreshold: tuned, minimumRows: 20 }
improvement:
  maxAttempts: 2
  attempts:
    - { strategy: fine-tune, epochs: 3, learningRate: 0.003, window: { days: 1 } }
    - { strategy: train, window: { days: all } }
`;

export const pipelineTarget: FuzzTarget = {
  name: 'pipeline',
  tokens: [
    '&a ',
    '*a',
    '<<: *a',
    '!!binary ',
    '!!js/function ',
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '__proto__: ',
    '|\n',
    '? ',
    '---\n',
    '"',
  ],
  seeds: async () => [
    bytesOf(smallest),
    bytesOf(smallest.replace('threshold: 0.6', 'threshold: &t 0.6').replace('minimum: 0', 'minimum: *t')),
  ],
  check: async (input) => {
    const parsed = parsePipeline(new TextDecoder().decode(input));
    if (!parsed.ok) return 'refused';
    const again = parsePipeline(stringify(parsed.ok, { aliasDuplicateObjects: false }));
    requireEqual(parsed.ok, again.ok ?? again.problems);
    return 'accepted';
  },
};
