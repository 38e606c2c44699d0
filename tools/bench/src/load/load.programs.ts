import { measureImprovement } from '../ingestion/improvement.load';
import { measureIngestion } from '../ingestion/ingestion.load';
import { decisionCosts } from '../search/decision.cost';
import { measureReplicas } from '../search/replica.load';
import { searchSynthetic } from '../search/synthetic.search';
import { measureFairness } from './fairness.load';
import { measureLatency } from './latency.load';
import type { LoadConfig } from './load.config';
import { measurePredictions } from './prediction.load';
import { measureOverload } from '../serving/overload.load';
import { measureServing } from '../serving/serving.load';
import { measureServingPeers } from '../serving/serving.peers.load';
import { soak } from './soak.load';
import { measureSwaps } from './swap.load';
import { measureTrainingMemory } from '../training/memory.load';
import { profileStep } from '../training/profile.load';
import { waterfallTable } from './waterfall';

export interface LoadProgram {
  readonly name: string;
  readonly title: string;
  run(config: LoadConfig, onProgress: (line: string) => void): Promise<object>;
}

export const loadPrograms: readonly LoadProgram[] = [
  {
    name: 'ingestion',
    title: 'a million rows, from the first record to the stored day',
    run: ({ number, environment }, onProgress) =>
      measureIngestion({
        ...{ rows: number('rows', 1_000_000), perMessage: 500, limitMs: 900_000 },
        ...{ environment, onProgress },
      }),
  },
  {
    name: 'improvement',
    title: 'a day of a million rows is trained on and judged',
    run: ({ number, environment }, onProgress) =>
      measureImprovement({ rows: number('rows', 1_000_000), limitMs: 900_000, environment, onProgress }),
  },
  {
    name: 'latency',
    title: 'from the manifest of a day to the new version serving',
    run: async ({ number, environment }, onProgress) => {
      const rows = number('rows', 10_000);
      const rounds = await measureLatency({ rows, rounds: number('rounds', 5), environment, onProgress });
      for (const { day, steps } of rounds) console.log(`\n${day}\n${waterfallTable(steps)}`);
      return { rows, rounds };
    },
  },
  {
    name: 'fairness',
    title: 'many pipelines with a day each at the same moment',
    run: ({ number, environment }, onProgress) =>
      measureFairness({
        ...{ pipelines: number('pipelines', 50), rows: number('rows', 500), concurrency: number('concurrency', 1) },
        ...{ environment, onProgress },
      }),
  },
  {
    name: 'predictions',
    title: 'the latency of predictions while a million rows come in and a cycle trains',
    run: ({ number, environment }, onProgress) =>
      measurePredictions({
        ...{ rows: number('rows', 1_000_000), perSecond: number('per-second', 50) },
        ...{ idleSeconds: number('idle-seconds', 60), environment, onProgress },
      }),
  },
  {
    name: 'search',
    title: 'how far TPE and random search come on known functions with the same number of trials',
    run: async ({ number }, onProgress) => {
      const seeds = number('rounds', 50);
      return { seeds, results: searchSynthetic([25, 50, 100], seeds, onProgress) };
    },
  },
  {
    name: 'serving',
    title: 'requests a second of the inference service beside FastAPI with PyTorch and ONNX Runtime, by wrk and h2load',
    run: ({ number, environment }, onProgress) =>
      measureServing({ rounds: number('rounds', 3), seconds: number('seconds', 8), environment, onProgress }),
  },
  {
    name: 'serving-peers',
    title: 'requests a second of the inference service beside Triton, MLServer, BentoML and FastAPI, by wrk',
    run: ({ number, environment }, onProgress) =>
      measureServingPeers({ rounds: number('rounds', 3), seconds: number('seconds', 5), environment, onProgress }),
  },
  {
    name: 'overload',
    title: 'what the inference service answers when it is asked for more than it can',
    run: ({ number, environment }, onProgress) =>
      measureOverload({ seconds: number('seconds', 60), rows: number('rows', 64), environment, onProgress }),
  },
  {
    name: 'search-decisions',
    title: 'what the decision on one outcome costs, by number of trials',
    run: async () => ({ parallel: 100, costs: decisionCosts([150, 300], 100) }),
  },
  {
    name: 'search-replicas',
    title: 'the same search by one trainer and by two',
    run: async ({ number, environment }, onProgress) => {
      const [rounds, rows, trials] = [number('rounds', 3), number('rows', 4_000), number('trials', 16)];
      return { rows, trials, results: await measureReplicas({ rounds, rows, trials, environment, onProgress }) };
    },
  },
  {
    name: 'soak',
    title: 'memory while days and predictions keep coming',
    run: ({ number, environment }, onProgress) =>
      soak({
        ...{ minutes: number('minutes', 30), rows: number('rows', 2_000), dayEverySeconds: number('day-every', 20) },
        ...{ perSecond: number('per-second', 20), environment, onProgress },
      }),
  },
  {
    name: 'swaps',
    title: 'requests that fail while the traffic between versions keeps changing',
    run: ({ number, environment }, onProgress) =>
      measureSwaps({ swaps: number('rounds', 1_000), perSecond: number('per-second', 50), environment, onProgress }),
  },
  {
    name: 'training-memory',
    title: 'memory of a training process over many epochs',
    run: ({ number }) => measureTrainingMemory(number('rows', 2_000), number('rounds', 200)),
  },
  {
    name: 'training-profile',
    title: 'where the time of a training step goes, and how far it is from what the processor can do',
    run: async ({ number }) => {
      const calls = number('rounds', 30);
      const profiles = [];
      for (const dropout of [0.3, 0])
        for (const batch of [32, 256]) profiles.push(await profileStep(batch, dropout, calls));
      return { profiles };
    },
  },
];
