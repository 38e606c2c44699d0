import { ProgressMeter } from './progress.meter';
import type { TrainingProgress } from './training.request';

/** Two epochs of 100 rows in batches of 10, each call taking `ms`. */
function meter(ms: number): { call: (rows: number) => void; reports: TrainingProgress[]; meter: ProgressMeter } {
  let clock = 5000;
  const reports: TrainingProgress[] = [];
  const subject = new ProgressMeter(2, 100, 10, { now: () => clock, onProgress: (report) => reports.push(report) });
  const call = (rows: number) => {
    const started = subject.start();
    clock += ms;
    subject.add(started, 1, rows / 10, rows, rows * 0.5);
  };
  return { call, reports, meter: subject };
}

it('reports once a second has passed, with the rate and the time left', () => {
  const { call, reports } = meter(400);
  call(20);
  call(20);
  expect(reports).toEqual([]);
  call(20);
  expect(reports).toEqual([
    { epoch: 1, epochs: 2, step: 6, steps: 20, loss: 0.5, rowsPerSecond: 50, secondsLeft: (200 - 60) / 50 },
  ]);
});

it('reports the last step however fast it came', () => {
  const { call, reports, meter: subject } = meter(1);
  for (let calls = 0; calls < 4; calls++) call(50);
  expect(reports).toHaveLength(1);
  expect(reports[0]).toMatchObject({ step: 20, steps: 20, secondsLeft: 0 });
  expect(subject.seconds()).toBeCloseTo(0.004);
});
