import { readFileSync } from 'node:fs';
import { train } from '@perennial/training';
import { documentedModel } from '../documented.model';
import { type Sample, type Slope, slopeOf, stretches } from '../load/memory.slope';
import { documentedTraining, syntheticRows } from './documented.training';

interface TrainingMemory {
  readonly rows: number;
  readonly epochs: number;
  readonly seconds: number;
  /** Of the training process; the slope over its second half. */
  readonly firstMiB: number;
  readonly maxMiB: number;
  readonly lastMiB: number;
  readonly slopeMiBPerHour: Slope;
}

/** Resident memory of the training process over many epochs, with resume checkpoints after each. */
export async function measureTrainingMemory(rows: number, epochs: number): Promise<TrainingMemory> {
  const samples: Sample[] = [];
  const began = performance.now();
  const sample = () => {
    const value = residentMiB(newestChild());
    if (value !== null) samples.push({ at: (performance.now() - began) / 1000, value });
  };
  const training = documentedTraining({ epochs, batchSize: 32, learningRate: 3e-4 });
  const request = { model: documentedModel, training, train: syntheticRows(rows), validation: syntheticRows(200) };
  const { seconds } = await train(request, { onProgress: sample, onCheckpoint: () => undefined });
  const values = samples.map(({ value }) => value);
  const settled = samples.slice(Math.floor(samples.length / 2));
  const width = Math.max(1, ((settled.at(-1)?.at ?? 0) - (settled[0]?.at ?? 0)) / 30);
  const [firstMiB, lastMiB] = [values[0] ?? 0, values.at(-1) ?? 0];
  const slopeMiBPerHour = slopeOf(stretches(settled, width));
  return { rows, epochs, seconds, firstMiB, maxMiB: Math.max(...values), lastMiB, slopeMiBPerHour };
}

function newestChild(): string | undefined {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').at(-1);
}

function residentMiB(pid: string | undefined): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Math.round((Number(kilobytes) / 1024) * 10) / 10;
  } catch {
    return null;
  }
}
