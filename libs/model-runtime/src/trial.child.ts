// Process entry: opens the model that comes on standard input and runs it, where it can hurt nobody.
import { buffer } from 'node:stream/consumers';
import { yieldProcess } from '@perennial/compute-thread';
import { BatchRunner, inputsOf, openSession } from './inference.session';
import { readMetadata } from '@perennial/onnx-file';
import { ModelRuntimeError } from './model-runtime.errors';
import { batchColumns, checkGraph, signatureOf } from './model.signature';
import { dependence, exampleRows, KINDS } from './trial.rows';
import type { TrialVerdict } from './trial.protocol';

/** Numbers of rows that are asked together, beside the largest. */
const TOGETHER = [2, 3, 5, 17, 64];

async function verdictOf(model: Uint8Array, rows: number): Promise<TrialVerdict> {
  try {
    const signature = signatureOf(readMetadata(model));
    const session = await openSession(model, 1);
    checkGraph(signature, inputsOf(session), session.outputNames);
    const columns = batchColumns(signature);
    const runner = new BatchRunner(session, columns);
    const alone: number[] = [];
    for (let kind = 0; kind < KINDS; kind++) {
      const [probability] = await runner.probabilitiesOf(exampleRows(columns, 1, kind));
      alone.push(probability as number);
    }
    for (const count of [...TOGETHER, rows]) {
      const found = dependence(alone, await runner.probabilitiesOf(exampleRows(columns, count)));
      if (found !== null) return { kind: 'refused', message: found.rule, details: { ...found } };
    }
    return { kind: 'passed' };
  } catch (error) {
    const message = (error as Error).message;
    const details = error instanceof ModelRuntimeError ? error.details : { reason: message };
    return { kind: 'refused', message, details };
  }
}

async function main([rows, niceness]: readonly string[]): Promise<void> {
  yieldProcess(Number(niceness));
  const verdict = await verdictOf(await buffer(process.stdin), Number(rows));
  process.stdout.write(JSON.stringify(verdict), () => process.exit(0));
}

void main(process.argv.slice(2));
