import { cast, float32, Graph } from '@perennial/onnx-graph';
import { runGraph } from '@perennial/onnx-graph/testing';
import { type DatePart, datePartOf } from '@perennial/preprocessing-steps';
import { civilDate } from './date-part.graph';

const PARTS = ['year', 'month', 'dayOfMonth', 'dayOfWeek'] as const satisfies readonly DatePart[];
const DAYS = Array.from({ length: 8000 }, (_, i) => (i - 4000) * 97 + (i % 13));

it('takes dates apart as preprocessing and the platform calendar do, from year 900 to 3000', async () => {
  const g = new Graph('dates');
  const parts = civilDate(g, cast(g, g.input('days', 'float32', ['batch', 1]), 'int64'));
  for (const part of PARTS) g.output(part, parts[part]);
  const result = await runGraph(g, { days: float32(DAYS, [DAYS.length, 1]) });
  for (const part of PARTS) expect(result[part]).toEqual(DAYS.map((day) => datePartOf(day, part)));
  const calendar = DAYS.map((day) => new Date(day * 86_400_000));
  expect(result['year']).toEqual(calendar.map((date) => date.getUTCFullYear()));
  expect(result['month']).toEqual(calendar.map((date) => date.getUTCMonth() + 1));
  expect(result['dayOfMonth']).toEqual(calendar.map((date) => date.getUTCDate()));
  expect(result['dayOfWeek']).toEqual(calendar.map((date) => (date.getUTCDay() + 6) % 7));
});
