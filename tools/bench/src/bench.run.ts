import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from '@perennial/python-environment';
import type { BenchConfig } from './bench.config';
import { type BenchResult, type Circumstances, resultOf } from './bench.result';
import type { Benchmark } from './benchmark';
import { runRounds } from './contest';
import { isQuiet, machine, ourVersions } from './machine';
import { type Peer, PeerProcess } from './peer.process';

/** Runs one benchmark and writes its results file. Throws BenchError and PythonPackagesError. */
export async function runBenchmark(
  benchmark: Benchmark,
  config: BenchConfig,
  onProgress: (line: string) => void,
): Promise<BenchResult[]> {
  const environment = {
    directory: config.virtualEnvironment,
    requirements: join(config.peers, 'requirements.txt'),
  };
  const python = await ensurePackages(environment, benchmark.peer.packages, onProgress);
  const peer = await PeerProcess.start(python, join(config.peers, benchmark.peer.script));
  try {
    const results = await measure(benchmark, peer, onProgress);
    mkdirSync(config.results, { recursive: true });
    writeFileSync(join(config.results, `${benchmark.name}.json`), `${JSON.stringify(results, null, 2)}\n`);
    return results;
  } finally {
    await peer.close();
  }
}

async function measure(benchmark: Benchmark, peer: Peer, onProgress: (line: string) => void): Promise<BenchResult[]> {
  const circumstances: Circumstances = {
    date: new Date().toISOString(),
    machine: machine(),
    versions: { ...ourVersions(), ...peer.versions },
  };
  if (!isQuiet(circumstances.machine)) {
    onProgress(`the machine is busy (load ${circumstances.machine.loadAverage}): take the ratios as a hint only`);
  }
  const { contests, close } = await benchmark.open(peer);
  try {
    const results: BenchResult[] = [];
    for (const contest of contests) {
      const onRound = (round: number) =>
        onProgress(`${contest.name}: ${round === 0 ? 'warming up' : `round ${round} of ${benchmark.rounds}`}`);
      results.push(resultOf(contest, await runRounds(contest, benchmark.rounds, onRound), circumstances));
    }
    return results;
  } finally {
    await close();
  }
}
