import { setTimeout as sleep } from 'node:timers/promises';
import { platformClient } from '../client/platform.location';
import type { PlatformClient } from '../client/platform.client';
import type { RunSummary, SearchBoard } from '../client/platform.views';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { badInput, interrupted } from '../command.error';
import { LiveText } from '../output/live.text';
import { searchText } from '../output/search.text';

interface TrainOptions {
  pipeline: string;
  search?: boolean;
  follow?: boolean;
}

const pollMs = 1_000;
type SearchedRun = RunSummary & { search: SearchBoard };

/** Runs that are looked through for the newest search. */
const recent = 20;

async function newestSearch(client: PlatformClient, pipeline: string): Promise<SearchedRun | null> {
  const { runs } = await client.get<{ runs: RunSummary[] }>('/api/v1/runs', { pipeline, limit: recent });
  for (const { runId } of runs) {
    const run = await searchOf(client, runId);
    if (run) return run;
  }
  return null;
}

/** Null where the run searches nothing. */
async function searchOf(client: PlatformClient, runId: string): Promise<SearchedRun | null> {
  const path = `/api/v1/runs/${encodeURIComponent(runId)}`;
  const run = await client.get<RunSummary & { search: SearchBoard | null }>(path);
  return run.search && { ...run, search: run.search };
}

export const trainCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('train')
      .description(
        'the leaderboard of the newest search, live until it ends; searches begin as pipeline.yaml declares them',
      )
      .requiredOption('-p, --pipeline <name>', 'of this pipeline')
      .option('--search', 'show the search')
      .option('--no-follow', 'show it once');
    action<TrainOptions>(command, context, async ({ context, options: { pipeline, search, follow } }) => {
      if (!search) throw badInput('--search is needed: other trainings are asked for by the improvement cycle');
      const client = platformClient(context);
      const board = new LiveText(context.progress);
      for (let run = await newestSearch(client, pipeline); ; run = run && (await searchOf(client, run.runId))) {
        const text = run ? `${run.runId}: ${run.state}\n${searchText(run.search, context.style)}` : 'No search yet.';
        if (!run || !follow || ['completed', 'failed'].includes(run.state)) {
          board.clear();
          return { data: run, text };
        }
        board.update(text);
        await sleep(pollMs, undefined, { signal: context.signal }).catch(() => {
          throw interrupted();
        });
      }
    });
  },
};
