/** A pipeline that learns within a second: leaks when the valve is open. */
export const leakPipeline = `apiVersion: perennial/v1
kind: Pipeline
name: leaks
description: Will an inspected valve leak?
owner: waterworks@city.example

dataset:
  recordId: valve
  target: { column: outcome, positive: leaks }
  columns:
    - { name: valve, type: string, nullable: false }
    - { name: meter, type: integer, feature: false }
    - { name: position, type: category, values: [open, shut], nullable: false }
    - { name: pressure, type: number, minimum: 0, maximum: 10 }
    - { name: outcome, type: category, values: [leaks, holds] }
  closing: { manifest: true, graceSeconds: 1 }

reference: { day: '2026-03-02' }

split: { holdout: 0.3, validation: 0.2 }
model: { dModel: 8, heads: 2, layers: 1, feedForward: 16, dropout: 0.1 }
training: { epochs: 20, batchSize: 32, learningRate: 0.01, seed: 7 }
gate: { metric: f1, averaging: macro, threshold: 0.6, decisionThreshold: tuned, minimumRows: 20 }

serving: { enrichment: { entities: [meter] } }
improvement:
  attempts:
    - strategy: search
      search:
        space: { mlp: { epochs: 20, hidden: [8], learningRate: { min: 0.01, max: 0.05, scale: log } } }
        metric: f1
        budget: { trials: 2, seconds: 60 }
        parallel: 2

rollout: { timeoutSeconds: 60 }
alerts: { routes: { critical: [pagerduty, slack, email, webhook] } }
`;

const rowsOfDay = 200;

/** Rows of a day: open valves leak. */
export const leakRows = (day: string): Record<string, unknown>[] =>
  Array.from({ length: rowsOfDay }, (_, row) => ({
    valve: `${day}-${row}`,
    meter: 5_000_000_000 + row,
    position: row % 2 === 0 ? 'open' : 'shut',
    pressure: (row % 100) / 10,
    outcome: row % 2 === 0 ? 'leaks' : 'holds',
  }));
