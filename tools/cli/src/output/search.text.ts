import type { SearchBoard } from '../client/platform.views';
import { durationText } from './figures';
import type { Style, Tone } from './style';
import { table } from './table';

type Line = SearchBoard['trials'][number];

const tones: Readonly<Record<Line['state'], Tone>> = { done: 'good', failed: 'bad', running: 'warn', waiting: 'dim' };
const shown = (value: unknown): string =>
  typeof value === 'number'
    ? String(Number(value.toPrecision(3)))
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

const parametersText = ({ parameters }: Line): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ');

/** A trial whose trainer was lost is tried again. */
const stateText = ({ state, claims }: Line): string => (state === 'running' && claims > 1 ? 'running again' : state);

/** Trials, best first, and how much of the budget is spent. */
export function searchText({ metric, budget, ended, trials }: SearchBoard, style: Style): string {
  const board = table(trials, [
    { title: 'TRIAL', align: 'right', value: ({ trial }) => trial },
    { title: metric.toUpperCase(), align: 'right', value: ({ score }) => score?.toFixed(5) ?? null },
    { title: 'STATE', value: (line) => style(tones[line.state], stateText(line)) },
    { title: 'TRAINED', align: 'right', value: ({ share }) => `${Math.round(100 * share)} %` },
    { title: 'TOOK', align: 'right', value: ({ seconds }) => (seconds > 0 ? durationText(seconds * 1000) : null) },
    { title: 'KIND', value: ({ kind }) => kind },
    { title: 'PARAMETERS', value: (line) => line.failure ?? parametersText(line) },
  ]);
  const spent = `${trials.length} of ${budget.trials} trials`;
  return `${board}\n${ended ? `ended (${ended}) after ${spent}` : spent}`;
}
