import { BenchError } from './bench.error';
import type { Benchmark } from './benchmark';
import { metrics } from './metrics.bench';
import { predictInProcess } from './predict-inprocess.bench';
import { trainModel } from './train-model.bench';
import { trainStep } from './train-step.bench';

const all: readonly Benchmark[] = [trainStep, trainModel, metrics, predictInProcess];

/** The named benchmarks, or all of them. Throws BenchError `bench.unknown`. */
export function benchmarksNamed(names: readonly string[]): readonly Benchmark[] {
  const known = all.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const message = `no benchmark is called ${unknown.join(', ')}; there are ${known.join(', ')}`;
    throw new BenchError('bench.unknown', message, { unknown, known });
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}
