import { DeployerFlow } from '../testing/deployer.flow';
import type { DeployedFolder, DeployedVersion } from './ports';
import { WriteDeployed } from './write.deployed';

class RecordingFolder implements DeployedFolder {
  readonly versions = new Map<string, DeployedVersion>();
  readonly writes: string[] = [];

  async read(folder: string): Promise<DeployedVersion | null> {
    return this.versions.get(folder) ?? null;
  }

  async write(folder: string, model: Uint8Array, version: DeployedVersion): Promise<void> {
    this.versions.set(folder, version);
    this.writes.push(`${folder}/ ${version.version} ${Buffer.from(model)}`);
  }
}

function setup(onlyPipeline: boolean) {
  const flow = new DeployerFlow();
  const folder = new RecordingFolder();
  const artifacts = { get: async ({ fileId }: { fileId: string }) => Buffer.from(fileId) };
  const deployed = new WriteDeployed(artifacts, folder, onlyPipeline);
  const write = async () => deployed.run((await flow.deployments.load('credit')).deployment);
  return { flow, folder, write };
}

describe('the deployed folder', () => {
  it('has nothing where nothing was rolled out', async () => {
    const { folder, write } = setup(true);
    await expect(write()).resolves.toBe(false);
    expect(folder.writes).toEqual([]);
  });

  it('is written once per rollout, at the top too where the pipeline is the only one', async () => {
    const { flow, folder, write } = setup(true);
    await flow.approve('v1');
    await expect(write()).resolves.toBe(true);
    await expect(write()).resolves.toBe(false);
    expect(folder.writes).toEqual(['credit/ v1 file-of-v1', '/ v1 file-of-v1']);
    expect(folder.versions.get('credit')).toMatchObject({ pipeline: 'credit', sequence: 1, decisionThreshold: 0.4 });
  });

  it('of one of several pipelines leaves the top alone', async () => {
    const { flow, folder, write } = setup(false);
    await flow.approve('v1');
    await write();
    expect(folder.writes).toEqual(['credit/ v1 file-of-v1']);
  });

  it('goes back with a rollback', async () => {
    const { flow, folder, write } = setup(false);
    await flow.approve('v1');
    await flow.report();
    await flow.approve('v2');
    await write();
    await flow.report({ state: 'failed', error: 'no' });
    await write();
    expect(folder.writes).toEqual(['credit/ v2 file-of-v2', 'credit/ v1 file-of-v1']);
  });
});
