import type { Deployment, Rollout } from '../domain/deployment';
import type { Artifacts, DeployedFolder, DeployedVersion } from './ports';

/**
 * Keeps the deployed folder equal to the desired state: `<pipeline>/current_model.onnx` and `version.json`, and the
 * same at the top where the pipeline is the only one. Repeating it is harmless, so a crash in between heals.
 */
export class WriteDeployed {
  constructor(
    private readonly artifacts: Artifacts,
    private readonly folder: DeployedFolder,
    private readonly onlyPipeline: boolean,
  ) {}

  /** Whether anything had to be written. */
  async run(deployment: Deployment): Promise<boolean> {
    const { pipeline, rollout } = deployment;
    if (!rollout) return false;
    const stale: string[] = [];
    for (const folder of this.onlyPipeline ? [pipeline, ''] : [pipeline]) {
      const written = await this.folder.read(folder);
      if (written?.rolloutId !== rollout.rolloutId) stale.push(folder);
    }
    if (stale.length === 0) return false;
    const model = await this.artifacts.get(rollout.model.artifact);
    for (const folder of stale) await this.folder.write(folder, model, deployedVersion(deployment, rollout));
    return true;
  }
}

const deployedVersion = ({ pipeline }: Deployment, rollout: Rollout): DeployedVersion => ({
  pipeline,
  version: rollout.version,
  digest: rollout.model.artifact.digest,
  rolloutId: rollout.rolloutId,
  sequence: rollout.sequence,
  decisionThreshold: rollout.model.decisionThreshold,
  at: new Date(rollout.startedAt).toISOString(),
});
