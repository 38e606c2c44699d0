import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { BatchColumns, InputBatch } from './input.batch';
import { OUTPUT, type TensorInput } from './model.signature';

/** Throws what the runtime throws. threads: within one operator. */
export function openSession(model: Uint8Array, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(model, { intraOpNumThreads: threads, interOpNumThreads: 1 });
}

export const inputsOf = (session: InferenceSession): TensorInput[] =>
  session.inputMetadata.map((input) => ({
    name: input.name,
    type: input.isTensor ? input.type : 'not a tensor',
    shape: input.isTensor ? input.shape : [],
  }));

/** Runs batches on one session; the tensors of small batches are made once and filled anew. */
export class BatchRunner {
  private readonly slots = new Map<number, Slot>();

  constructor(
    private readonly session: InferenceSession,
    private readonly columns: BatchColumns,
  ) {}

  /** Blocks its thread; one call at a time. Throws what the runtime throws, or an Error that names the rule. */
  async probabilitiesOf(batch: InputBatch): Promise<Float32Array> {
    const output = (await this.session.run(this.feedsOf(batch), [OUTPUT]))[OUTPUT];
    if (!(output?.data instanceof Float32Array) || output.data.length !== batch.rows) {
      throw new Error(`${OUTPUT} must be float32 with one value per row`);
    }
    return output.data.slice();
  }

  private feedsOf({ rows, numbers, strings }: InputBatch): Record<string, Tensor> {
    let slot = this.slots.get(rows);
    if (slot === undefined) {
      slot = slotOf(rows, this.columns);
      if (rows <= LARGEST_KEPT) this.slots.set(rows, slot);
    }
    slot.numbers.set(numbers);
    slot.strings.forEach((cells, c) => {
      for (let r = 0; r < rows; r += 1) cells[r] = strings[c * rows + r] as string;
    });
    return slot.feeds;
  }
}

/** Rows of a batch whose tensors are kept. */
const LARGEST_KEPT = 64;

interface Slot {
  readonly numbers: Float32Array;
  readonly strings: string[][];
  readonly feeds: Record<string, Tensor>;
}

function slotOf(rows: number, { numericInputs, stringInputs }: BatchColumns): Slot {
  const numbers = new Float32Array(numericInputs.length * rows);
  const strings = stringInputs.map(() => new Array<string>(rows).fill(''));
  const feeds: Record<string, Tensor> = {};
  numericInputs.forEach((name, c) => {
    feeds[name] = new Tensor('float32', numbers.subarray(c * rows, (c + 1) * rows), [rows, 1]);
  });
  stringInputs.forEach((name, c) => (feeds[name] = new Tensor('string', strings[c] as string[], [rows, 1])));
  return { numbers, strings, feeds };
}
