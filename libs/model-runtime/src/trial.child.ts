// Process entry: opens the model that comes on standard input and runs it, where it can hurt nobody.
import { buffer } from 'node:stream/consumers';
import { yieldProcess } from '@perennial/compute-thread';
import { BatchRunner, openSession } from './inference.session';
import { readMetadata } from '@perennial/onnx-file';
import { Tensor } from 'onnxruntime-node';
import type { InputBatch } from './input.batch';
import { ModelRuntimeError } from './model-runtime.errors';
import { batchColumns, signatureOf } from './model.signature';
import { PackedModel } from './packed.model';
import { dependence, exampleRows, KINDS } from './trial.rows';
import type { TrialVerdict } from './trial.protocol';

/** Numbers of rows that are asked together, beside the largest. */
const TOGETHER = [2, 3, 5, 17, 64];

/** One node, Identity, as onnx.helper writes it. */
const SMALLEST = Buffer.from(
  '080812003a370a100a017812017922084964656e746974791201675a0f0a0178120a0a08080112040a020801620f0a0179120a0a08080112040a02080142040a00100d',
  'hex',
);

/** What the first session of a process takes is no part of the model. */
async function startRuntime(): Promise<void> {
  await (await openSession(SMALLEST, 1)).run({ x: new Tensor('float32', [0], [1]) });
}

async function verdictOf(model: Uint8Array, rows: number, before: number): Promise<TrialVerdict> {
  try {
    const signature = signatureOf(readMetadata(model));
    const columns = batchColumns(signature);
    const packed = PackedModel.of(model, signature);
    const runner = new BatchRunner(await openSession(packed.model, 1), packed.layout);
    const answers = (batch: InputBatch) => runner.probabilitiesOf(packed.pack([batch]));
    const alone: number[] = [];
    for (let kind = 0; kind < KINDS; kind++) {
      const [probability] = await answers(exampleRows(columns, 1, kind));
      alone.push(probability as number);
    }
    for (const count of [...TOGETHER, rows]) {
      const found = dependence(alone, await answers(exampleRows(columns, count)));
      if (found !== null) return { kind: 'refused', message: found.rule, details: { ...found } };
    }
    // The runtime keeps what its largest run needed. The peak that the system tells may be that of who started it.
    return { kind: 'passed', memoryBytes: Math.max(0, process.memoryUsage.rss() - before) };
  } catch (error) {
    const message = (error as Error).message;
    const details = error instanceof ModelRuntimeError ? error.details : { reason: message };
    return { kind: 'refused', message, details };
  }
}

async function main([rows, niceness]: readonly string[]): Promise<void> {
  yieldProcess(Number(niceness));
  await startRuntime();
  const before = process.memoryUsage.rss();
  const verdict = await verdictOf(await buffer(process.stdin), Number(rows), before);
  process.stdout.write(JSON.stringify(verdict), () => process.exit(0));
}

void main(process.argv.slice(2));
