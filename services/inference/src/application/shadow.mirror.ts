import type { Row } from '../domain/prediction.request';
import type { Serving, Shadowing } from './traffic.table';

/** Rows that wait for a version that looks on; those beyond are not mirrored, and counted. */
const MOST_ROWS = 2_000;

interface Mirrored {
  rows: readonly Row[];
  answered: Float64Array;
  threshold: number;
}

interface Queue {
  waiting: Mirrored[];
  rows: number;
  running: boolean;
}

const queues = new WeakMap<Shadowing, Queue>();

/** Asks a shadow what was answered already, one after the other and off the way of answers. Never throws. */
export function mirror(shadow: Shadowing, by: Serving, rows: readonly Row[], answered: Float64Array): void {
  const queue = queues.get(shadow) ?? { waiting: [], rows: 0, running: false };
  queues.set(shadow, queue);
  if (queue.rows + rows.length > MOST_ROWS) {
    shadow.counts.dropped += rows.length;
    return;
  }
  queue.waiting.push({ rows, answered, threshold: by.model.decisionThreshold });
  queue.rows += rows.length;
  if (!queue.running) void drain(shadow, queue);
}

async function drain(shadow: Shadowing, queue: Queue): Promise<void> {
  queue.running = true;
  for (let next = queue.waiting.shift(); next; next = queue.waiting.shift()) {
    const { rows, answered, threshold } = next;
    try {
      const own = await shadow.model.predict(rows);
      shadow.counts.compare(own, shadow.model.decisionThreshold, answered, threshold);
    } catch {
      // A shadow that is closed meanwhile, that is overloaded or that cannot take the row: all the same to who answers.
      shadow.counts.errors += rows.length;
    }
    queue.rows -= rows.length;
  }
  queue.running = false;
}
