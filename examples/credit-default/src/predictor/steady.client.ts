import { setTimeout as sleep } from 'node:timers/promises';
import type { CreditRecord } from '../data/credit.record';
import { judgeAnswer } from './prediction.answer';
import { type ModelInput, predictionRequest } from './prediction.request';
import type { PredictionOutcome } from './prediction.tally';

const TIMEOUT_MS = 5_000;

export interface SteadyClientOptions {
  /** Base URL of the inference service. */
  readonly url: string;
  readonly records: readonly CreditRecord[];
  readonly perSecond: number;
  readonly onOutcome: (outcome: PredictionOutcome) => void;
  /** Ends the sending; requests on their way are still answered and counted. */
  readonly signal: AbortSignal;
}

async function inputsOf(url: string): Promise<ModelInput[]> {
  const response = await fetch(`${url}/model-info`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const info = (await response.json()) as { signature?: { inputs?: ModelInput[] } };
  if (!response.ok || !info.signature?.inputs) throw new Error(`GET ${url}/model-info: status ${response.status}`);
  return info.signature.inputs;
}

async function ask(url: string, body: object): Promise<PredictionOutcome> {
  try {
    const response = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return judgeAnswer(response.status, await response.text());
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return { failure: cause?.code ?? name };
  }
}

/** Asks at a steady rate, whether or not earlier answers have come, as independent clients do. No request is repeated. */
export async function askSteadily({ url, records, perSecond, onOutcome, signal }: SteadyClientOptions): Promise<void> {
  const inputs = await inputsOf(url);
  const open = new Set<Promise<void>>();
  const startedAt = performance.now();
  for (let count = 0; !signal.aborted; count++) {
    const record = records[count % records.length] as CreditRecord;
    const asked = ask(url, predictionRequest(record, inputs)).then(onOutcome);
    open.add(asked);
    void asked.finally(() => open.delete(asked));
    const due = startedAt + ((count + 1) * 1000) / perSecond;
    await sleep(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => {});
  }
  await Promise.all(open);
}
