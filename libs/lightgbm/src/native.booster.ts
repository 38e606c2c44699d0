import type { FeatureMatrix } from './feature.matrix';
import type { NativeLibrary } from './native.library';

const FLOAT32 = 0; // C_API_DTYPE_FLOAT32
const ROW_MAJOR = 1;
const PROBABILITY = 0; // C_API_PREDICT_NORMAL

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

  free(): void {
    this.library.call('freeDataset', this.handle);
  }
}

export class NativeBooster {
  private constructor(
    private readonly library: NativeLibrary,
    private readonly handle: Handle,
  ) {}

  static create(library: NativeLibrary, train: NativeDataset, parameters: string): NativeBooster {
    const out: [Handle | null] = [null];
    library.call('createBooster', train.handle, parameters, out);
    return new NativeBooster(library, out[0] as Handle);
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

  /** P(positive) of each row by the first `iterations` trees. */
  predict({ data, rows, columns }: FeatureMatrix, iterations: number, parameters: string): Float64Array {
    const results = new Float64Array(rows);
    if (rows === 0) return results;
    const shape = [FLOAT32, rows, columns, ROW_MAJOR];
    this.library.call(
      'predictMatrix',
      ...[this.handle, data, ...shape, PROBABILITY, 0, iterations, parameters, [0], results],
    );
    return results;
  }

  /** LightGBM's model text of the first `iterations` trees. */
  save(iterations: number): string {
    const length: [number | bigint] = [0];
    const text = (room: Buffer) =>
      this.library.call('saveToString', this.handle, 0, iterations, 0, room.length, length, room);
    text(Buffer.alloc(1)); // asks how much room it takes, the closing zero included
    const room = Buffer.alloc(Number(length[0]));
    text(room);
    return room.toString('utf8', 0, room.length - 1);
  }

  free(): void {
    this.library.call('freeBooster', this.handle);
  }
}
