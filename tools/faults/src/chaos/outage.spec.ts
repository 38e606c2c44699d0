import { outageProblems } from './outage';

const liveness = (failures: number, slowestMs: number) => ({ service: 'trainer', probes: 60, failures, slowestMs });
const process = (pid: number) => ({ service: 'trainer' as const, url: '', pid, restarts: 0, ready: true });

describe('what an outage must not do', () => {
  it('is to silence a service or to end it', () => {
    expect(outageProblems({ liveness: [liveness(0, 90)], before: [process(1)] }, [process(1)])).toEqual([]);
    expect(outageProblems({ liveness: [liveness(2, 90)], before: [process(1)] }, [process(2)])).toEqual([
      expect.stringMatching(/^trainer: 2 of 60 liveness probes failed/),
      expect.stringMatching(/^trainer was started again/),
    ]);
    expect(outageProblems({ liveness: [liveness(0, 5_000)], before: [] }, [])).toHaveLength(1);
  });
});
