import type { MeasuredInterval } from '../client/platform.views';
import { instantText, scoreText } from './figures';
import type { Style, Tone } from './style';
import { table } from './table';

export interface RegisteredModel {
  /** Of its pipeline. */
  name: string;
  versions: number;
  latest: string | null;
  production: string | null;
}

export interface ModelVersion {
  version: string;
  state: string;
  finetunedFrom: string | null;
  cycleId: string;
  strategy: string;
  metrics: Record<string, MeasuredInterval>;
  registeredAt: string;
}

const tones: Readonly<Record<string, Tone>> = { production: 'good', rejected: 'bad', candidate: 'warn' };

export const modelsTable = (models: readonly RegisteredModel[]): string =>
  table(models, [
    { title: 'PIPELINE', value: ({ name }) => name },
    { title: 'PRODUCTION', value: ({ production }) => production },
    { title: 'LATEST', value: ({ latest }) => latest },
    { title: 'VERSIONS', align: 'right', value: ({ versions }) => versions },
  ]);

export const versionsTable = (versions: readonly ModelVersion[], style: Style): string =>
  table(versions, [
    { title: 'VERSION', value: ({ version }) => version },
    { title: 'STATE', value: ({ state }) => style(tones[state] ?? 'dim', state) },
    { title: 'FROM', value: ({ finetunedFrom }) => finetunedFrom },
    { title: 'CYCLE', value: ({ cycleId }) => cycleId },
    { title: 'STRATEGY', value: ({ strategy }) => strategy },
    { title: 'F1', align: 'right', value: ({ metrics }) => scoreText(metrics.f1) },
    { title: 'REGISTERED', value: ({ registeredAt }) => instantText(registeredAt) },
  ]);
