import { rolloutStartedV1, trafficChangedV1, versionApprovedV1 } from '@perennial/contracts';
import type { History, ServingReplica } from '../history/history';
import {
  alterData,
  alterDocument,
  dropEvent,
  type Mutation,
  type Pick,
  rightBehind,
  tellAgain,
  typed,
  lost,
  toldAgain,
} from './mutation';

const servedElsewhere = (history: History, version: string, pick: Pick): History | null => {
  const target = pick(history.serving?.length ?? 0);
  if (!history.serving?.length) return null;
  return {
    ...history,
    serving: history.serving.map((each, index) => (index === target ? { ...each, version } : each)),
  };
};

export const servingMutations: readonly Mutation[] = [
  {
    name: 'a version is rolled out that nobody approved',
    breaks: [...lost, 'served-version-approved'],
    apply: dropEvent(typed(versionApprovedV1)),
  },
  {
    name: 'a replica serves an unknown version',
    breaks: ['served-version-approved', 'replicas-converge'],
    apply: (history, pick) => servedElsewhere(history, '19990101_000000', pick),
  },
  {
    name: 'a replica serves nothing',
    breaks: ['replicas-converge'],
    apply: (history, pick) => servedElsewhere(history, null as never, pick),
  },
  {
    name: 'an unapproved version answered',
    breaks: ['served-version-approved'],
    apply: (history) => {
      const [first, ...rest] = history.served ?? [];
      return first ? { ...history, served: [{ ...first, version: 'x' }, ...rest] } : null;
    },
  },
  {
    name: 'the deployer names another version than the registry',
    breaks: ['services-agree-on-serving'],
    apply: alterDocument(
      /^serving_models$/,
      () => true,
      () => ({ version: 'x' }),
    ),
  },
  {
    name: 'two versions are in production',
    breaks: ['services-agree-on-serving'],
    apply: alterDocument(
      /^model_metadata$/,
      ({ state }: { state: string }) => state === 'archived',
      () => ({ state: 'production' }),
    ),
  },
  {
    name: 'a rollout number is left out',
    breaks: ['rollouts-in-order'],
    apply: alterData(typed(rolloutStartedV1), ({ sequence }: { sequence: number }) => ({ sequence: sequence + 10 })),
  },
  {
    name: 'a rollout starts twice',
    breaks: [...toldAgain, 'facts-told-once', 'rollouts-in-order'],
    apply: tellAgain(typed(rolloutStartedV1), rightBehind),
  },
  {
    name: 'keys are given to a version that nobody approved',
    breaks: ['served-version-approved'],
    apply: alterData(typed(trafficChangedV1), ({ arms }: { arms: object[] }) => ({
      arms: arms.map((arm) => ({ ...arm, version: '19990101_000000' })),
    })),
  },
  {
    name: 'keys are given to nobody',
    breaks: ['traffic-in-order'],
    apply: alterData(typed(trafficChangedV1), ({ arms }: { arms: object[] }) => ({
      arms: arms.map((arm) => ({ ...arm, buckets: [{ from: 1, to: 10_000 }] })),
    })),
  },
  {
    name: 'a change of traffic is left out',
    breaks: ['traffic-in-order', 'replicas-converge'],
    apply: alterData(typed(trafficChangedV1), ({ sequence }: { sequence: number }) => ({ sequence: sequence + 10 })),
  },
  {
    name: 'a replica routes older traffic',
    breaks: ['replicas-converge'],
    apply: (history, pick) => {
      const target = pick(history.serving?.length ?? 0);
      if (!history.serving?.length) return null;
      const older = (each: ServingReplica) => ({ ...each, trafficSequence: 0 });
      return { ...history, serving: history.serving.map((each, index) => (index === target ? older(each) : each)) };
    },
  },
];
