// Process entry: opens the model that comes on standard input and runs it, where it can hurt nobody.
import { buffer } from 'node:stream/consumers';
import { yieldProcess } from '@perennial/compute-thread';
import { BatchRunner, inputsOf, openSession } from './inference.session';
import type { BatchColumns, InputBatch } from './input.batch';
import { readMetadata } from '@perennial/onnx-file';
import { ModelRuntimeError } from './model-runtime.errors';
import { batchColumns, checkGraph, signatureOf } from './model.signature';
import type { TrialVerdict } from './trial.protocol';

/** Missing values, zeros and ones, in turn. */
const NUMBERS = [NaN, 0, 1];
const STRINGS = ['', '0', '1'];

function exampleRows({ numericInputs, stringInputs }: BatchColumns, rows: number): InputBatch {
  const strings = stringInputs.flatMap(() => Array.from({ length: rows }, (_, row) => STRINGS[row % 3] as string));
  const numbers = new Float32Array(numericInputs.length * rows).map((_, at) => NUMBERS[(at % rows) % 3] as number);
  return { rows, numbers, strings };
}

async function verdictOf(model: Uint8Array, rows: number): Promise<TrialVerdict> {
  try {
    const signature = signatureOf(readMetadata(model));
    const session = await openSession(model, 1);
    checkGraph(signature, inputsOf(session), session.outputNames);
    const columns = batchColumns(signature);
    const runner = new BatchRunner(session, columns);
    for (const count of [1, rows]) await runner.probabilitiesOf(exampleRows(columns, count));
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
