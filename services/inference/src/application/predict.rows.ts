import { codeOf, type Clock, type IdGenerator } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';
import { inputDigest } from '../domain/logged.prediction';
import { readRequest, type Row } from '../domain/prediction.request';
import type { ModelSlot, Serving } from './model.slot';
import type { ModelSlots } from './model.slots';
import type { ServingMetrics } from './ports';
import type { PredictionLog } from './prediction.log';

export interface Prediction {
  prediction: 0 | 1;
  probability: number;
  predictionId: string;
}

export interface Predictions {
  pipeline: string;
  version: string;
  predictions: Prediction[];
}

export interface PredictRowsParts {
  slots: ModelSlots;
  log: PredictionLog;
  metrics: ServingMetrics;
  clock: Clock;
  newId: IdGenerator;
}

export interface CallOptions {
  /** On the clock of performance.now(): a request whose run has not begun by then is not computed. */
  deadline?: number;
}

/** Answers predictions, counts them and hands them to the log. */
export class PredictRows {
  constructor(private readonly parts: PredictRowsParts) {}

  /** `asked`: the pipeline of the path; else the body's `model`, else the only one. `single`: one row by lists. */
  async request(
    asked: string | undefined,
    body: unknown,
    options: CallOptions = {},
  ): Promise<Predictions & { single: boolean }> {
    const named = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
    let single = false;
    const rowsFor = ({ model }: Serving) => {
      const request = readRequest(body, model.signature.inputs);
      if ('problem' in request) throw invalid(request.problem);
      single = request.single;
      return request.rows;
    };
    const { pipeline, version, predictions } = await this.run(
      this.parts.slots.choose(asked ?? named),
      rowsFor,
      options,
    );
    return { pipeline, version, predictions, single };
  }

  /** `rowsFor` is called with the model that will answer, and may throw. */
  async run(
    slot: ModelSlot,
    rowsFor: (serving: Serving) => readonly Row[],
    { deadline }: CallOptions = {},
  ): Promise<Predictions> {
    const { metrics } = this.parts;
    const startedAt = performance.now();
    let version = slot.current()?.target.version ?? '';
    try {
      const answered = await slot.predict((serving) => {
        version = serving.target.version;
        const rows = rowsFor(serving);
        return {
          rows,
          deadline,
          answer: (probabilities) =>
            this.answer(slot.pipeline, serving, rows, probabilities, performance.now() - startedAt),
        };
      });
      metrics.succeeded(slot.pipeline, version, answered.predictions.length, (performance.now() - startedAt) / 1000);
      return answered;
    } catch (error) {
      metrics.failed(slot.pipeline, version, codeOf(error));
      throw error;
    }
  }

  private answer(
    pipeline: string,
    { model, target }: Serving,
    rows: readonly Row[],
    probabilities: Float64Array,
    latencyMs: number,
  ): Predictions {
    const { log, clock, newId } = this.parts;
    const at = clock.now().getTime();
    const { inputs } = model.signature;
    const { version } = target;
    const { decisionThreshold } = model;
    const predictions = rows.map((row, index): Prediction => {
      const probability = probabilities[index] as number;
      const prediction = probability >= decisionThreshold ? 1 : 0;
      const predictionId = newId();
      const digest = inputDigest(row, inputs);
      log.add({ predictionId, pipeline, version, inputDigest: digest, probability, prediction, latencyMs, at });
      return { prediction, probability, predictionId };
    });
    return { pipeline, version, predictions };
  }
}

function invalid({ input, value, rule }: { input: string; value: unknown; rule: string }): ServiceError {
  return new ServiceError('INVALID_INPUT', 400, `${input} ${rule}`, { input, value: value ?? null, rule });
}
