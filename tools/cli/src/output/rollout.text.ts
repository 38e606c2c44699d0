import type { ArmView, RolloutView } from '../client/rollout.views';
import { instantText, threeDigits } from './figures';
import type { Style } from './style';
import { indented, table } from './table';

const SHOWN_STEPS = 8;

/** What replicas route now, what they answered, and how it came to that. */
export function rolloutText(view: RolloutView, style: Style): string {
  const { pipeline, phase, strategy, step, traffic, observed, history } = view;
  if (!traffic) return `${pipeline}: nothing was rolled out yet.`;
  const steps = step && step.of > 0 ? `, step ${Math.min(step.current + 1, step.of)} of ${step.of}` : '';
  const heading = `${style('strong', pipeline)}  ${phase}${strategy ? ` (${strategy}${steps})` : ''}`;
  const parts = [heading, indented(armsTable(traffic.arms, observed))];
  if (traffic.shadows.length > 0) parts.push(indented(shadowsTable(traffic.shadows, observed)));
  for (const { rule, breached, text } of observed?.findings ?? []) {
    parts.push(`  ${style(breached ? 'bad' : 'good', rule)}: ${text}`);
  }
  if (history && history.length > 0) parts.push('', style('strong', 'Last steps'), indented(stepsTable(history)));
  return parts.join('\n');
}

function armsTable(arms: readonly ArmView[], observed: RolloutView['observed']): string {
  const of = ({ name }: ArmView) => observed?.arms.find((arm) => arm.name === name);
  return table(arms, [
    { title: 'ARM', value: ({ name }) => name },
    { title: 'VERSION', value: ({ version }) => version },
    { title: 'WEIGHT', align: 'right', value: ({ weight }) => `${weight} %` },
    { title: 'REQUESTS', align: 'right', value: (arm) => of(arm)?.requests },
    { title: 'ERRORS', align: 'right', value: (arm) => of(arm)?.errors },
    { title: 'P50 MS', align: 'right', value: (arm) => of(arm)?.p50Ms },
    { title: 'P99 MS', align: 'right', value: (arm) => of(arm)?.p99Ms },
    { title: 'LABELS', align: 'right', value: (arm) => of(arm)?.labels },
    { title: 'F1', align: 'right', value: (arm) => threeDigits(of(arm)?.f1) },
  ]);
}

function shadowsTable(shadows: readonly string[], observed: RolloutView['observed']): string {
  const of = (version: string) => observed?.shadows.find((shadow) => shadow.version === version);
  return table(shadows, [
    { title: 'SHADOW', value: (version) => version },
    { title: 'COMPARED', align: 'right', value: (version) => of(version)?.compared },
    { title: 'DISAGREED', align: 'right', value: (version) => of(version)?.disagreements },
    { title: 'MEAN DISTANCE', align: 'right', value: (version) => threeDigits(of(version)?.meanDistance) },
    { title: 'ERRORS', align: 'right', value: (version) => of(version)?.errors },
    { title: 'DROPPED', align: 'right', value: (version) => of(version)?.dropped },
  ]);
}

const stepsTable = (history: NonNullable<RolloutView['history']>): string =>
  table(history.slice(0, SHOWN_STEPS), [
    { title: 'AT', value: ({ at }) => instantText(at) },
    { title: 'STEP', value: ({ type }) => type },
    {
      title: 'VERSIONS',
      value: ({ version, arms }) => arms?.map((arm) => `${arm.version}:${arm.weight}`).join(' ') ?? version,
    },
    { title: 'WHY', value: ({ by, reason }) => [by, reason].filter(Boolean).join(': ') },
  ]);
