/** pipeline.yaml of the valves under a name, which is the dataset's too. Trains in seconds: long enough to be killed meanwhile. */
export const valvePipeline = (name: string): string => `apiVersion: perennial/v1
kind: Pipeline
name: ${name}
description: Will an inspected valve leak?
owner: waterworks@city.example

dataset:
  recordId: valve
  target: { column: outcome, positive: leaks }
  columns:
    - { name: valve, type: string, nullable: false }
    - { name: position, type: category, values: [open, half, shut, locked], nullable: false }
    - { name: pressure, type: number, minimum: 0, maximum: 10 }
    - { name: outcome, type: category, values: [leaks, holds] }
  closing: { manifest: true, graceSeconds: 5 }

reference: { day: '2026-03-02' }

split: { holdout: 0.3, validation: 0.2 }
model: { dModel: 8, heads: 2, layers: 1, feedForward: 16, dropout: 0.1 }
training: { epochs: 30, batchSize: 32, learningRate: 0.01, seed: 7 }
gate: { metric: f1, averaging: macro, threshold: 0.75, decisionThreshold: tuned, minimumRows: 100 }

improvement:
  maxAttempts: 3
  attempts:
    - { strategy: fine-tune, epochs: 500, learningRate: 0.003, window: { days: 1 } }
    - strategy: fine-tune-search
      window: { days: 1 }
      search: { learningRates: [0.003, 0.01], epochs: [10] }
    - { strategy: train, window: { days: 1 } }

rollout: { timeoutSeconds: 150 }
alerts: { routes: { critical: [pagerduty] } }
`;
