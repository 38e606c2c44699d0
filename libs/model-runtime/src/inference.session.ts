import { InferenceSession, Tensor } from 'onnxruntime-node';
import { OUTPUT } from './model.signature';
import type { PackedBatch, TensorLayout } from './packed.model';

/** Throws what the runtime throws. threads: within one operator. */
export function openSession(model: Uint8Array, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(model, { intraOpNumThreads: threads, interOpNumThreads: 1 });
}

/** Runs batches on one session of a packed graph; the tensors of small batches are made once and filled anew. */
export class BatchRunner {
  private readonly slots = new Map<number, Slot>();

  constructor(
    private readonly session: InferenceSession,
    private readonly layout: TensorLayout,
  ) {}

  /** Blocks its thread; one call at a time. Throws what the runtime throws, or an Error that names the rule. */
  async probabilitiesOf(batch: PackedBatch): Promise<Float32Array> {
    const output = (await this.session.run(this.feedsOf(batch), [OUTPUT]))[OUTPUT];
    if (!(output?.data instanceof Float32Array) || output.data.length !== batch.rows) {
      throw new Error(`${OUTPUT} must be float32 with one value per row`);
    }
    return output.data.slice();
  }

  private feedsOf({ rows, numbers, codes, texts }: PackedBatch): Record<string, Tensor> {
    let slot = this.slots.get(rows);
    if (slot === undefined) {
      slot = slotOf(rows, this.layout);
      if (rows <= LARGEST_KEPT) this.slots.set(rows, slot);
    }
    slot.numbers.set(numbers);
    slot.codes.set(codes);
    slot.texts.forEach((cells, c) => {
      for (let r = 0; r < rows; r += 1) cells[r] = texts[c * rows + r] as string;
    });
    return slot.feeds;
  }
}

/** Rows of a batch whose tensors are kept. */
const LARGEST_KEPT = 64;

interface Slot {
  readonly numbers: Float32Array;
  readonly codes: Int32Array;
  readonly texts: string[][];
  readonly feeds: Record<string, Tensor>;
}

function slotOf(rows: number, layout: TensorLayout): Slot {
  const numbers = new Float32Array(rows * layout.numbers.width);
  const codes = new Int32Array(rows * layout.codes.width);
  const texts = layout.texts.map(() => new Array<string>(rows).fill(''));
  const feeds: Record<string, Tensor> = {};
  const feed = (name: string, tensor: Tensor) => (feeds[name] = tensor);
  if (numbers.length > 0) feed(layout.numbers.name, new Tensor('float32', numbers, [rows, layout.numbers.width]));
  if (codes.length > 0) feed(layout.codes.name, new Tensor('int32', codes, [rows, layout.codes.width]));
  layout.texts.forEach((name, c) => feed(name, new Tensor('string', texts[c] as string[], [rows, 1])));
  return { numbers, codes, texts, feeds };
}
