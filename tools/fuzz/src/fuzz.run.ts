import { bytesOf, type FuzzTarget } from './fuzz.target';
import { defectOf, guardedCheck } from './guarded.check';
import { minimised } from './minimised';
import { mutated } from './mutation';
import { randomOf } from './random';

export interface FuzzFailure {
  readonly target: string;
  readonly index: number;
  readonly defect: string;
  readonly stack: string;
  readonly input: Uint8Array;
}

export interface FuzzReport {
  readonly target: string;
  readonly cases: number;
  readonly accepted: number;
  readonly failures: readonly FuzzFailure[];
}

export interface FuzzOptions {
  readonly seed: number;
  readonly cases: number;
  /** Case to begin with. */
  readonly from?: number;
  /** Before each case: who watches knows what was under way when the process died. */
  readonly onCase?: (index: number) => void;
}

/** One failure of each kind, with its input made small. */
export async function fuzz(target: FuzzTarget, { seed, cases, from = 0, onCase }: FuzzOptions): Promise<FuzzReport> {
  const seeds = await target.seeds();
  for (const input of seeds) await guardedCheck(target, input);
  const material = { seeds, tokens: target.tokens.map(bytesOf) };
  const failures = new Map<string, FuzzFailure>();
  let accepted = 0;
  for (let index = from; index < cases; index++) {
    onCase?.(index);
    const input = mutated(material, randomOf(seed, index));
    try {
      if ((await guardedCheck(target, input)) === 'accepted') accepted += 1;
    } catch (error) {
      const defect = defectOf(error);
      if (failures.has(defect)) continue;
      const shows = async (candidate: Uint8Array) =>
        guardedCheck(target, candidate).then(
          () => false,
          (other) => defectOf(other) === defect,
        );
      const small = await minimised(input, shows);
      failures.set(defect, { target: target.name, index, defect, stack: String((error as Error).stack), input: small });
    }
  }
  return { target: target.name, cases: cases - from, accepted, failures: [...failures.values()] };
}
