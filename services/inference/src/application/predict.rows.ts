import { codeOf, type Clock } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';
import { servedRow } from '../domain/logged.prediction';
import { readRequest, type Row } from '../domain/prediction.request';
import type { RowEnrichment } from '../domain/row.enrichment';
import { entityKey } from '../domain/traffic.split';
import type { EnrichRows } from './enrich.rows';
import type { CallOptions, ModelSlot, Serving } from './model.slot';
import type { ModelSlots } from './model.slots';
import type { ServingMetrics } from './ports';
import type { PredictionLog } from './prediction.log';
import { endAnswered, endFailed, predictionSpan } from './prediction.span';

export interface Prediction {
  prediction: 0 | 1;
  probability: number;
  predictionId: string;
  version: string;
  arm: string;
  /** Where features were looked up for the row. */
  enrichment?: RowEnrichment;
  /** The version has answered the same row before, and was not asked again. */
  cached?: true;
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
  enrich: EnrichRows;
  /** Of one request. */
  maxRows: number;
}

type RowsFor = (serving: Serving) => readonly Row[];
/** Of each row; null where nothing was looked up for it. */
type Told = readonly (RowEnrichment | null)[];

const MAX_SHOWN = 200;
/** Who fails while nothing is served. */
const nobody = { target: { version: '' }, arm: '' };

/** Answers predictions, counts them and hands them to the log. */
export class PredictRows {
  constructor(private readonly parts: PredictRowsParts) {}

  /**
   * Throws OVERLOADED where no row would find a place in the queue, before a body is read for nothing. `asked`: the
   * pipeline of the path; where only the body names one it is not said here.
   */
  requirePlace(asked: string | undefined): void {
    const slot = this.parts.slots.find(asked);
    if (!slot?.isFull()) return;
    const { pipeline } = slot;
    const { counts, target, arm } = slot.choose({});
    counts?.failed();
    this.parts.metrics.failed(pipeline, target.version, arm, 'OVERLOADED');
    throw new ServiceError('OVERLOADED', 429, `Too many rows of ${pipeline} wait for its model`, { pipeline });
  }

  /**
   * `asked`: the pipeline of the path; else the body's `model`, else the only one. `single`: one row by lists. `key`:
   * whom the request is about; else each row goes to the arm of its own key.
   */
  async request(
    asked: string | undefined,
    body: unknown,
    options: CallOptions = {},
  ): Promise<Predictions & { single: boolean }> {
    const named = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
    let single = false;
    const slot = this.parts.slots.choose(asked ?? named);
    const lookup = this.parts.enrich.policyOf(slot.pipeline);
    const read = ({ model }: Serving) => {
      const request = readRequest(body, model.signature.inputs, lookup);
      if ('problem' in request) throw invalid(request.problem);
      // Before anything is looked up for them.
      if (request.rows.length > this.parts.maxRows) throw tooManyRows(request.rows.length, this.parts.maxRows);
      single = request.single;
      return request.rows;
    };
    const routed = (rowsFor: RowsFor, told?: Told) => this.routed(slot, rowsFor, options, told);
    const answered = await (lookup ? this.enriched(slot, read, options, routed) : routed(read));
    const { pipeline, version, arm, predictions } = answered;
    return { pipeline, version, arm, predictions, single };
  }

  /** `predict` with what `rowsFor` reads, and in it what is looked up of what the rows leave out. */
  async enriched(
    slot: ModelSlot,
    rowsFor: RowsFor,
    options: CallOptions,
    predict: (rowsFor: RowsFor, told?: Told) => Promise<Predictions>,
  ): Promise<Predictions> {
    const { enrich, metrics } = this.parts;
    const found = leavingOut(slot, rowsFor, options);
    if (!found) return predict(rowsFor);
    const { serving, rows } = found;
    const enriched = await enrich.run(slot.pipeline, rows).catch((error: unknown) => {
      serving.counts?.failed();
      metrics.failed(slot.pipeline, serving.target.version, serving.arm, codeOf(error));
      throw error;
    });
    return enriched ? predict((chosen) => enriched.fill(rowsFor(chosen)), enriched.told) : predict(rowsFor);
  }

  private routed(slot: ModelSlot, rowsFor: RowsFor, options: CallOptions, told?: Told): Promise<Predictions> {
    const keys = options.key === undefined ? keysOf(slot, rowsFor) : [];
    const arms = keys.map((key) => slot.choose({ key }).arm);
    return new Set(arms).size > 1
      ? this.apart(slot, rowsFor, arms, options, told)
      : this.run(slot, rowsFor, withKey(options, options.key ?? keys[0]), told);
  }

  /**
   * All rows by one arm, that of the route. `rowsFor` is called with the model that will answer, and may throw. Without
   * a key the first row's columns say whom the request is about, where the pipeline declares which.
   */
  async run(slot: ModelSlot, rowsFor: RowsFor, options: CallOptions = {}, told?: Told): Promise<Predictions> {
    const { metrics } = this.parts;
    const startedAt = performance.now();
    const span = predictionSpan(slot.pipeline, options.trace);
    const isSaid = (options.key ?? options.arm ?? options.version) !== undefined;
    const key = isSaid ? options.key : keysOf(slot, rowsFor)[0];
    let serving: Serving | null = null;
    let cachedRows = 0;
    try {
      const answered = await slot.predict(
        (chosen) => {
          serving = chosen;
          const rows = rowsFor(chosen);
          const answer = (probabilities: Float64Array, cached: readonly number[]) => {
            cachedRows = cached.length;
            const latencyMs = performance.now() - startedAt;
            return this.answer(slot, chosen, { rows, told, cached }, probabilities, latencyMs);
          };
          return { rows, answer };
        },
        withKey(options, key),
      );
      const { pipeline, version, arm, predictions } = answered;
      const computed = predictions.length - cachedRows;
      metrics.succeeded(pipeline, version, arm, computed, (performance.now() - startedAt) / 1000);
      endAnswered(span, answered, predictions.length, cachedRows);
      return answered;
    } catch (error) {
      (serving as Serving | null)?.counts?.failed();
      const { target, arm } = serving ?? slot.current() ?? nobody;
      metrics.failed(slot.pipeline, target.version, arm, codeOf(error));
      endFailed(span, { version: target.version, arm }, error);
      throw error;
    }
  }

  /** Each row by the arm of its key, the answers in the order of the rows. */
  private async apart(
    slot: ModelSlot,
    rowsFor: RowsFor,
    arms: readonly string[],
    { deadline, trace }: CallOptions,
    told?: Told,
  ): Promise<Predictions> {
    const predictions = new Array<Prediction>(arms.length);
    await Promise.all(
      [...new Set(arms)].map(async (arm) => {
        const places = arms.flatMap((each, place) => (each === arm ? [place] : []));
        const own = (serving: Serving) => {
          const rows = rowsFor(serving);
          return places.map((place) => rows[place] as Row);
        };
        const answered = await this.run(
          slot,
          own,
          { arm, deadline, trace },
          told && places.map((place) => told[place] ?? null),
        );
        answered.predictions.forEach((prediction, index) => (predictions[places[index] as number] = prediction));
      }),
    );
    const { version, arm } = predictions[0] as Prediction;
    return { pipeline: slot.pipeline, version, arm, predictions };
  }

  private answer(
    slot: ModelSlot,
    serving: Serving,
    { rows, told, cached }: { rows: readonly Row[]; told?: Told; cached: readonly number[] },
    probabilities: Float64Array,
    latencyMs: number,
  ): Predictions {
    const { log, clock } = this.parts;
    const { model, target, arm, experimentId, counts } = serving;
    const { pipeline } = slot;
    counts?.answered(latencyMs, probabilities);
    const at = clock.now().getTime();
    const { inputs } = model.signature;
    const { version } = target;
    const { decisionThreshold } = model;
    const fromCache = cached.length === 0 ? null : new Set(cached);
    const predictions = rows.map((row, index): Prediction => {
      const probability = probabilities[index] as number;
      const prediction = probability >= decisionThreshold ? 1 : 0;
      const enrichment = told?.[index];
      const logged = servedRow(row, inputs, slot.loggedInputs);
      const predictionId = log.add(pipeline, {
        version,
        arm,
        experimentId,
        inputDigest: logged.inputDigest,
        inputs: logged.inputs,
        inputBytes: logged.inputBytes,
        featureViews: enrichment?.views,
        probability,
        prediction,
        latencyMs,
        at,
      });
      const made: Prediction = { prediction, probability, predictionId, version, arm };
      if (enrichment) made.enrichment = enrichment;
      if (fromCache?.has(index)) made.cached = true;
      return made;
    });
    slot.mirror(serving, rows, probabilities);
    return { pipeline, version, arm, predictions };
  }
}

/** Written out: to spread one object into another takes half a microsecond. */
const withKey = ({ deadline, trace, arm, version }: CallOptions, key: string | undefined): CallOptions => ({
  deadline,
  trace,
  arm,
  version,
  key,
});

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

/** The rows that may leave something out, as the arm reads them that would answer; null where it cannot, as it will say. */
function leavingOut(
  slot: ModelSlot,
  rowsFor: RowsFor,
  route: CallOptions,
): { serving: Serving; rows: readonly Row[] } | null {
  try {
    const serving = route.version === undefined ? slot.current() : slot.choose(route);
    return serving && { serving, rows: rowsFor(serving) };
  } catch {
    return null;
  }
}

function tooManyRows(rows: number, most: number): ServiceError {
  const rule = `at most ${most}`;
  const message = `At most ${most} rows in one call; got ${rows}`;
  return new ServiceError('TOO_MANY_ROWS', 413, message, { input: 'rows', value: rows, rule });
}

function invalid({ input, value, rule }: { input: string; value: unknown; rule: string }): ServiceError {
  const came = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value).slice(0, MAX_SHOWN);
  return new ServiceError('INVALID_INPUT', 400, `${input} ${rule}; got ${came}`, { input, value: value ?? null, rule });
}
