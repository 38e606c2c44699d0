import { runScenario } from '../index';
import { CommandReplay } from './testing/command.replay';
import { recordCommands, withoutPolls } from './testing/recorded.commands';
import { openTestDatabase } from './testing/test.database';

/** Two days of a pipeline without faults: a first model, judged and rolled out. */
const scenario = { seed: 3, size: { pipelines: 1, days: 2 }, pace: { pollMs: 3_000, epochMs: 800 }, faults: [] };

const written = ['ingestion_days', 'evaluation_cycles', 'training_runs', 'model_metadata', 'deployments'];

describe('what the services ask of the simulated database in a run', () => {
  it('gets the same answers from the real one', async () => {
    const recorded = await recordCommands(async () =>
      expect(await runScenario(scenario)).toMatchObject({ violated: [] }),
    );
    expect(recorded.map(({ command }) => command['insert'] as unknown)).toEqual(expect.arrayContaining(written));
    const real = await openTestDatabase();
    try {
      const replay = new CommandReplay(real.connection);
      await replay.run(withoutPolls(recorded, 10));
      expect(replay.compared).toBeGreaterThan(500);
      expect(replay.differences).toEqual([]);
    } finally {
      await real.close();
    }
  }, 600_000);
});
