import '../scheduler/synchronous.zlib';
import { runScenario } from './run';
import { scenarioOf } from './scenario';

jest.setTimeout(600_000);

describe('a run', () => {
  it('is a function of its scenario, and keeps every guarantee', async () => {
    const [once, again, other] = [
      await runScenario(scenarioOf(7)),
      await runScenario(scenarioOf(7)),
      await runScenario(scenarioOf(18)),
    ];
    expect(once.violated).toEqual([]);
    expect(again.digest).toBe(once.digest);
    expect(other.digest).not.toBe(once.digest);
    expect(once.steps).toBeGreaterThan(1_000);
  });
});
