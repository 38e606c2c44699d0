import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { float32, Graph } from '@perennial/onnx-graph';
import { runGraph } from '@perennial/onnx-graph/testing';
import fc from 'fast-check';
import { type Calibration, calibrated, type CalibrationMethod, logit, sigmoid } from './calibration';
import { fitCalibration } from './calibration.fit';
import { calibratedProbability } from './calibration.graph';

interface Golden {
  probabilities: number[];
  labels: number[];
  asked: number[];
  sigmoid: { slope: number; intercept: number };
  isotonic: { x: number[]; y: number[]; predicted: number[] };
}
const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/calibration.json'), 'utf8')) as Golden;
const probabilities = Float32Array.from(golden.probabilities);
const labels = Int32Array.from(golden.labels);
const fitted = (method: CalibrationMethod) => fitCalibration(method, probabilities, labels);
const asked = Float32Array.from(golden.asked);

async function served(calibration: Calibration, given: Float32Array): Promise<number[]> {
  const g = new Graph('calibration');
  g.output('out', calibratedProbability(g, calibration, g.input('p', 'float32', ['batch', 1])));
  return (await runGraph(g, { p: float32(given, [given.length, 1]) }))['out'] as number[];
}

it("fits Platt's sigmoid as scikit-learn does", () => {
  const { slope, intercept } = fitted('sigmoid') as Extract<Calibration, { method: 'sigmoid' }>;
  // scikit-learn's minimiser ends earlier.
  expect(slope).toBeCloseTo(golden.sigmoid.slope, 3);
  expect(intercept).toBeCloseTo(golden.sigmoid.intercept, 3);
});

it('fits and draws the isotonic curve of scikit-learn', () => {
  const { x, y } = fitted('isotonic') as Extract<Calibration, { method: 'isotonic' }>;
  expect(x).toEqual(golden.isotonic.x.map((value) => expect.closeTo(value, 12)));
  expect(y).toEqual(golden.isotonic.y.map((value) => expect.closeTo(value, 12)));
  calibrated({ method: 'isotonic', x, y }, asked).forEach((p, row) =>
    expect(Math.abs(p - (golden.isotonic.predicted[row] as number))).toBeLessThan(1e-7),
  );
});

it('fits the temperature of least log loss', () => {
  const calibration = fitted('temperature') as Extract<Calibration, { method: 'temperature' }>;
  const loss = (temperature: number) =>
    probabilities.reduce((sum, p, row) => {
      const scaled = sigmoid(logit(p) / temperature);
      return sum - Math.log(labels[row] === 1 ? scaled : 1 - scaled);
    }, 0);
  for (const factor of [0.99, 1.01]) {
    expect(loss(calibration.temperature * factor)).toBeGreaterThan(loss(calibration.temperature));
  }
});

it.each(['none', 'temperature', 'sigmoid', 'isotonic'] as const)('is served as it is applied: %s', async (method) => {
  const calibration = fitted(method);
  expect(calibration.method).toBe(method);
  const given = Float32Array.from([0, 1, 1e-9, 1 - 6e-8, ...asked]);
  const applied = calibrated(calibration, given);
  (await served(calibration, given)).forEach((p, row) =>
    expect(Math.abs(p - (applied[row] as number))).toBeLessThan(1e-7),
  );
});

const rows = fc
  .array(fc.tuple(fc.float({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 60 })
  .map((pairs) => ({
    probabilities: Float32Array.from(pairs, ([p]) => p),
    labels: Int32Array.from(pairs, ([, label]) => label),
  }));

it('gives of any rows probabilities in [0, 1] that rise with the given ones', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom('temperature', 'sigmoid', 'isotonic'), (given, method) => {
      const calibration = fitCalibration(method as CalibrationMethod, given.probabilities, given.labels);
      const rising = calibrated(calibration, Float32Array.from(given.probabilities).sort());
      rising.forEach((p, row) => {
        expect(p >= 0 && p <= 1).toBe(true);
        expect(p).toBeGreaterThanOrEqual(rising[row - 1] ?? 0);
      });
    }),
  );
});

it('learns nothing of one class, of no rows, and of a ranking that is upside down', () => {
  const p = Float32Array.of(0.1, 0.2, 0.8, 0.9);
  for (const method of ['temperature', 'sigmoid', 'isotonic'] as const) {
    expect(fitCalibration(method, p, new Int32Array(4))).toEqual({ method: 'none' });
    expect(fitCalibration(method, new Float32Array(0), new Int32Array(0))).toEqual({ method: 'none' });
  }
  expect(fitCalibration('sigmoid', p, Int32Array.of(1, 1, 0, 0))).toEqual({ method: 'none' });
});
