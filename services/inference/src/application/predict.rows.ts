import { codeOf, type Clock, type IdGenerator } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';
import { readRequest, type Row } from '../domain/prediction.request';
import type { RowEnrichment } from '../domain/row.enrichment';
import { entityKey } from '../domain/traffic.split';
import type { EnrichRows } from './enrich.rows';
import type { ModelSlot, Serving } from './model.slot';
import type { ModelSlots } from './model.slots';
import type { ServingMetrics } from './ports';
import type { PredictionLog } from './prediction.log';
import type { Route } from './traffic.table';

export interface Prediction {
  prediction: 0 | 1;
  probability: number;
  predictionId: string;
  version: string;
  arm: string;
  /** Where features were looked up for the row. */
  enrichment?: RowEnrichment;
}

/** `version` and `arm` are those of the first prediction; others differ only where rows were routed one by one. */
export interface Predictions {
  pipeline: string;
  version: string;
  arm: string;
  predictions: Prediction[];
}

export interface PredictRowsParts {
  slots: ModelSlots;
  log: PredictionLog;
  metrics: ServingMetrics;
  clock: Clock;
  newId: IdGenerator;
  enrich: EnrichRows;
}

type RowsFor = (serving: Serving) => readonly Row[];

const MAX_SHOWN = 200;

/** Answers predictions, counts them and hands them to the log. */
export class PredictRows {
  constructor(private readonly parts: PredictRowsParts) {}

  /**
   * `asked`: the pipeline of the path; else the body's `model`, else the only one. `single`: one row by lists. `entity`:
   * whom the request is about; else each row goes to the arm of its own key.
   */
  async request(asked: string | undefined, body: unknown, entity?: string): Promise<Predictions & { single: boolean }> {
    const named = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
    let single = false;
    const slot = this.parts.slots.choose(asked ?? named);
    const lookup = this.parts.enrich.policyOf(slot.pipeline);
    const read = ({ model }: Serving) => {
      const request = readRequest(body, model.signature.inputs, lookup);
      if ('problem' in request) throw invalid(request.problem);
      single = request.single;
      return request.rows;
    };
    return { ...(await this.enriched(slot, read, {}, (rowsFor) => this.routed(slot, rowsFor, entity))), single };
  }

  private async routed(slot: ModelSlot, rowsFor: RowsFor, entity: string | undefined): Promise<Predictions> {
    const keys = entity === undefined ? keysOf(slot, rowsFor) : [];
    const arms = keys.map((key) => slot.choose({ key }).arm);
    const answered = new Set(arms).size > 1 ? this.apart(slot, rowsFor, arms) : null;
    const key = entity ?? keys[0];
    return answered ?? this.run(slot, rowsFor, { key });
  }

  /** `predict` with the rows that `rowsFor` reads, and in them what is looked up of what they leave out. */
  async enriched(
    slot: ModelSlot,
    rowsFor: RowsFor,
    route: Route,
    predict: (rowsFor: RowsFor) => Promise<Predictions>,
  ): Promise<Predictions> {
    const { enrich, metrics } = this.parts;
    const serving = enrich.policyOf(slot.pipeline) && servingOf(slot, route);
    if (!serving) return predict(rowsFor);
    let rows: readonly Row[];
    try {
      rows = rowsFor(serving);
    } catch {
      // Whoever answers says what is wrong.
      return predict(rowsFor);
    }
    const enriched = await enrich.run(slot.pipeline, rows).catch((error: unknown) => {
      serving.counts?.failed();
      metrics.failed(slot.pipeline, serving.target.version, codeOf(error));
      throw error;
    });
    if (!enriched) return predict(rowsFor);
    const { told } = enriched;
    const answered = await predict((chosen) => enriched.fill(rowsFor(chosen)));
    const predictions = answered.predictions.map((prediction, index) => {
      const enrichment = told[index];
      return enrichment ? { ...prediction, enrichment } : prediction;
    });
    return { ...answered, predictions };
  }

  /**
   * All rows by one arm, that of the route. `rowsFor` is called with the model that will answer, and may throw. Without
   * a key the first row's columns say whom the request is about, where the pipeline declares which.
   */
  async run(slot: ModelSlot, rowsFor: RowsFor, route: Route = {}): Promise<Predictions> {
    const { metrics } = this.parts;
    const startedAt = performance.now();
    const isSaid = (route.key ?? route.arm ?? route.version) !== undefined;
    const key = isSaid ? route.key : keysOf(slot, rowsFor)[0];
    let version = slot.current()?.target.version ?? '';
    let serving: Serving | null = null;
    try {
      const answered = await slot.predict(
        (chosen) => {
          serving = chosen;
          ({ version } = chosen.target);
          const rows = rowsFor(chosen);
          const answer = (probabilities: Float64Array) =>
            this.answer(slot, chosen, rows, probabilities, performance.now() - startedAt);
          return { rows, answer };
        },
        { ...route, key },
      );
      metrics.succeeded(slot.pipeline, version, answered.predictions.length, (performance.now() - startedAt) / 1000);
      return answered;
    } catch (error) {
      (serving as Serving | null)?.counts?.failed();
      metrics.failed(slot.pipeline, version, codeOf(error));
      throw error;
    }
  }

  /** Each row by the arm of its key, the answers in the order of the rows. */
  private async apart(slot: ModelSlot, rowsFor: RowsFor, arms: readonly string[]): Promise<Predictions> {
    const predictions = new Array<Prediction>(arms.length);
    await Promise.all(
      [...new Set(arms)].map(async (arm) => {
        const places = arms.flatMap((each, place) => (each === arm ? [place] : []));
        const own = (serving: Serving) => {
          const rows = rowsFor(serving);
          return places.map((place) => rows[place] as Row);
        };
        const answered = await this.run(slot, own, { arm });
        answered.predictions.forEach((prediction, index) => (predictions[places[index] as number] = prediction));
      }),
    );
    const { version, arm } = predictions[0] as Prediction;
    return { pipeline: slot.pipeline, version, arm, predictions };
  }

  private answer(
    slot: ModelSlot,
    serving: Serving,
    rows: readonly Row[],
    probabilities: Float64Array,
    latencyMs: number,
  ): Predictions {
    const { log, clock, newId } = this.parts;
    const { model, target, arm, experimentId, counts } = serving;
    const { pipeline } = slot;
    counts?.answered(latencyMs, probabilities);
    const at = clock.now().getTime();
    const { inputs } = model.signature;
    const { version } = target;
    const predictions = rows.map((row, index): Prediction => {
      const probability = probabilities[index] as number;
      const prediction = probability >= model.decisionThreshold ? 1 : 0;
      const predictionId = newId();
      const by = { pipeline, version, arm, experimentId };
      log.add({ predictionId, ...by, inputs, row, probability, prediction, latencyMs, at });
      return { prediction, probability, predictionId, version, arm };
    });
    slot.mirror(serving, rows, probabilities);
    return { pipeline, version, arm, predictions };
  }
}

/** Whom each row is about; none where that decides nothing, or rows cannot be read: whoever answers says what is wrong. */
function keysOf(slot: ModelSlot, rowsFor: RowsFor): (string | undefined)[] {
  const serving = slot.current();
  if (!serving || !slot.traffic()?.isSplit || slot.stickyBy.length === 0) return [];
  try {
    return rowsFor(serving).map((row) => entityKey(row, slot.stickyBy) ?? undefined);
  } catch {
    return [];
  }
}

/** The arm that says which columns there are; null where none answers. */
function servingOf(slot: ModelSlot, route: Route): Serving | null {
  return slot.current() && route.version !== undefined ? slot.choose(route) : slot.current();
}

function invalid({ input, value, rule }: { input: string; value: unknown; rule: string }): ServiceError {
  const came = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value).slice(0, MAX_SHOWN);
  return new ServiceError('INVALID_INPUT', 400, `${input} ${rule}; got ${came}`, { input, value: value ?? null, rule });
}
