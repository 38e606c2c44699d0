import type { FeatureMatrix } from './feature.matrix';
import type { NativeLibrary } from './native.library';

const FLOAT32 = 0; // C_API_DTYPE_FLOAT32
const ROW_MAJOR = 1;
const FLOAT64 = 1; // C_API_DTYPE_FLOAT64
const PROBABILITY = 0; // C_API_PREDICT_NORMAL
const RAW_SCORE = 1; // C_API_PREDICT_RAW_SCORE

/** A native handle, as koffi hands it out. */
type Handle = object;

/** Binned rows. Free it after every booster that uses it. */
export class NativeDataset {
  private constructor(
    private readonly library: NativeLibrary,
    readonly handle: Handle,
    readonly rows: number,
  ) {}

  /** `reference`: bins as that dataset does, which rows to validate on need. */
  static create(
    library: NativeLibrary,
    { data, rows, columns }: FeatureMatrix,
    parameters: string,
    reference?: NativeDataset,
  ): NativeDataset {
    const out: [Handle | null] = [null];
    const shape = [FLOAT32, rows, columns, ROW_MAJOR];
    library.call('datasetFromMatrix', data, ...shape, parameters, reference?.handle ?? null, out);
    return new NativeDataset(library, out[0] as Handle, rows);
  }

  /** One number per row. LightGBM copies it. */
  set(field: 'label' | 'weight', values: Float32Array): void {
    this.library.call('setField', this.handle, field, values, values.length, FLOAT32);
  }

  /** The raw scores from which boosting goes on. LightGBM copies them. */
  setInitialScore(values: Float64Array): void {
    this.library.call('setField', this.handle, 'init_score', values, values.length, FLOAT64);
  }

  free(): void {
    this.library.call('freeDataset', this.handle);
  }
}

export class NativeBooster {
  private constructor(
    private readonly library: NativeLibrary,
    private readonly handle: Handle,
    /** Of trees that it did not grow itself. */
    readonly initialIterations: number,
  ) {}

  /** With `base`: behind a copy of its trees. */
  static create(
    library: NativeLibrary,
    train: NativeDataset,
    parameters: string,
    base: NativeBooster | null = null,
  ): NativeBooster {
    const out: [Handle | null] = [null];
    library.call('createBooster', train.handle, parameters, out);
    const booster = new NativeBooster(library, out[0] as Handle, base?.initialIterations ?? 0);
    if (base) library.call('mergeBooster', booster.handle, base.handle);
    return booster;
  }

  /** From LightGBM's model text: it can predict, and be the base of another. */
  static load(library: NativeLibrary, modelText: string): NativeBooster {
    const iterations: [number] = [0];
    const out: [Handle | null] = [null];
    library.call('loadFromString', modelText, iterations, out);
    return new NativeBooster(library, out[0] as Handle, iterations[0]);
  }

  addValidation(rows: NativeDataset): void {
    this.library.call('addValidation', this.handle, rows.handle);
  }

  /** Grows one tree; false when none could be grown that gains anything. */
  update(): boolean {
    const finished: [number] = [0];
    this.library.call('updateOneIteration', this.handle, finished);
    return finished[0] === 0;
  }

  /** The one declared metric over the training rows (0) or those to validate on (1). */
  metric(dataIndex: 0 | 1): number {
    const values = new Float64Array(1);
    this.library.call('evaluate', this.handle, dataIndex, [0], values);
    return values[0] as number;
  }

  /** P(positive) of each row by its initial trees and the first `iterations` of its own. */
  predict(rows: FeatureMatrix, iterations: number, parameters: string): Float64Array {
    return this.scores(PROBABILITY, rows, this.initialIterations + iterations, parameters);
  }

  /** Sum of the leaves of its initial trees. */
  initialScore(rows: FeatureMatrix, parameters: string): Float64Array {
    return this.scores(RAW_SCORE, rows, this.initialIterations, parameters);
  }

  private scores(kind: number, { data, rows, columns }: FeatureMatrix, iterations: number, parameters: string) {
    const results = new Float64Array(rows);
    // LightGBM takes 0 iterations for all.
    if (rows === 0 || iterations === 0) return results;
    const shape = [FLOAT32, rows, columns, ROW_MAJOR];
    this.library.call('predictMatrix', ...[this.handle, data, ...shape, kind, 0, iterations, parameters, [0], results]);
    return results;
  }

  /** LightGBM's model text of its initial trees and the first `iterations` of its own. */
  save(iterations: number): string {
    const length: [number | bigint] = [0];
    const kept = this.initialIterations + iterations;
    const text = (room: Buffer) =>
      this.library.call('saveToString', this.handle, 0, kept, 0, room.length, length, room);
    text(Buffer.alloc(1)); // asks how much room it takes, the closing zero included
    const room = Buffer.alloc(Number(length[0]));
    text(room);
    return room.toString('utf8', 0, room.length - 1);
  }

  free(): void {
    this.library.call('freeBooster', this.handle);
  }
}
