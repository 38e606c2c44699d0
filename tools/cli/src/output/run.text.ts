import type { RunSummary } from '../client/platform.views';
import { durationText, instantText } from './figures';
import type { Style, Tone } from './style';
import { table } from './table';

const tones: Readonly<Record<string, Tone>> = { completed: 'good', failed: 'bad', running: 'warn' };

const failureWords = ({ failure }: RunSummary): string | null =>
  typeof failure === 'string' ? failure : (failure?.message ?? failure?.code ?? null);

const took = ({ startedAt, finishedAt }: RunSummary): string | null =>
  startedAt && finishedAt ? durationText(Date.parse(finishedAt) - Date.parse(startedAt)) : null;

export const runsTable = (runs: readonly RunSummary[], style: Style): string =>
  table(runs, [
    { title: 'RUN', value: ({ runId }) => runId },
    { title: 'STRATEGY', value: ({ strategy }) => strategy },
    { title: 'STATE', value: ({ state }) => style(tones[state] ?? 'dim', state) },
    { title: 'STARTED', value: ({ startedAt }) => (startedAt ? instantText(startedAt) : null) },
    { title: 'TOOK', align: 'right', value: took },
    { title: 'CLAIMS', align: 'right', value: ({ claims }) => claims },
    { title: 'WHY', value: failureWords },
  ]);
