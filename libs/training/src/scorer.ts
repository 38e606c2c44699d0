import { buildScoringGraph, type ModelConfig } from '@perennial/tabular-models';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { openSession } from './graph.session';
import { rowTensors } from './row.tensors';
import type { EncodedRows } from './training.request';

const ROWS_PER_CALL = 1024;

/** Scores encoded rows with changing parameters. */
export class Scorer {
  private constructor(
    private readonly model: ModelConfig,
    private readonly session: InferenceSession,
  ) {}

  static async open(model: ModelConfig): Promise<Scorer> {
    return new Scorer(model, await openSession(buildScoringGraph(model)));
  }

  /** P(positive) of each row. */
  async score(parameters: Float32Array, rows: EncodedRows): Promise<Float32Array> {
    const probabilities = new Float32Array(rows.rows);
    const flat = new Tensor('float32', parameters, [parameters.length]);
    for (let start = 0; start < rows.rows; start += ROWS_PER_CALL) {
      const end = Math.min(start + ROWS_PER_CALL, rows.rows);
      const outputs = await this.session.run({ parameters: flat, ...this.slice(rows, start, end) });
      probabilities.set(outputs['probability']?.data as Float32Array, start);
    }
    return probabilities;
  }

  private slice({ categorical, numeric }: EncodedRows, start: number, end: number): Record<string, Tensor> {
    const [c, n] = [this.model.categorical.length, this.model.numeric.length];
    const part = {
      categorical: categorical.subarray(start * c, end * c),
      numeric: numeric.subarray(start * n, end * n),
    };
    return rowTensors(part, [end - start]);
  }
}
