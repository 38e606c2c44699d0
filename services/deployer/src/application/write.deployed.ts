import type { Deployment } from '../domain/deployment';
import type { Traffic } from '../domain/traffic';
import type { Artifacts, DeployedFolder, DeployedVersion } from './ports';

/**
 * Keeps the deployed folder equal to the primary arm of the traffic: `<pipeline>/current_model.onnx` and `version.json`,
 * and the same at the top where the pipeline is the only one. Repeating it is harmless, so a crash in between heals.
 */
export class WriteDeployed {
  constructor(
    private readonly artifacts: Artifacts,
    private readonly folder: DeployedFolder,
    private readonly onlyPipeline: boolean,
  ) {}

  /** Whether anything had to be written. */
  async run({ pipeline, traffic }: Deployment): Promise<boolean> {
    if (!traffic) return false;
    const stale: string[] = [];
    for (const folder of this.onlyPipeline ? [pipeline, ''] : [pipeline]) {
      const written = await this.folder.read(folder);
      const { rolloutId, version } = deployedVersion(pipeline, traffic);
      if (written?.rolloutId !== rolloutId || written.version !== version) stale.push(folder);
    }
    if (stale.length === 0) return false;
    const model = await this.artifacts.get(traffic.arms[0]!.model.artifact);
    for (const folder of stale) await this.folder.write(folder, model, deployedVersion(pipeline, traffic));
    return true;
  }
}

function deployedVersion(pipeline: string, { arms, rolloutId, sequence, changedAt }: Traffic): DeployedVersion {
  const { version, model } = arms[0]!;
  const { artifact, decisionThreshold } = model;
  const at = new Date(changedAt).toISOString();
  return { pipeline, version, digest: artifact.digest, rolloutId, sequence, decisionThreshold, at };
}
