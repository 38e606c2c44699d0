import type { DataOf, trafficChangedV1 } from '@perennial/contracts';
import { ServiceError } from '@perennial/service';
import type { ModelVersion } from '../domain/rollout.target';
import type { Artifacts, Deployable } from './ports';

/** What of the deployer's word is needed to route. */
export type ToldTraffic = Pick<
  DataOf<typeof trafficChangedV1>,
  'rolloutId' | 'sequence' | 'experimentId' | 'arms' | 'shadows'
>;
type Told = Pick<ToldTraffic['arms'][number], 'version' | 'model'>;

const modelVersion = ({ version, model }: Told): ModelVersion => ({ version, digest: model.artifact.digest });

/** Traffic as the deployer announces it, with its artifacts in the object store. */
export function deployableOf(traffic: ToldTraffic, artifacts: Artifacts): Deployable {
  const { rolloutId, sequence, experimentId, arms, shadows } = traffic;
  const references = new Map([...arms, ...shadows].map(({ version, model }) => [version, model.artifact]));
  return {
    target: {
      ...{ rolloutId, sequence, experimentId, source: 'deployer' },
      arms: arms.map((arm) => ({ ...modelVersion(arm), name: arm.name, weight: arm.weight, buckets: arm.buckets })),
      shadows: shadows.map(modelVersion),
    },
    artifact: (version) => {
      const reference = references.get(version);
      if (reference) return artifacts.get(reference);
      throw new ServiceError('UNKNOWN_VERSION', 500, `${version} is not part of the traffic`, { version });
    },
  };
}
