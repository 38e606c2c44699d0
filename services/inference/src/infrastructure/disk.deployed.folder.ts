import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digest, name } from '@perennial/contracts';
import { ServiceError } from '@perennial/service';
import { z } from 'zod';
import type { Deployable, DeployedFolder } from '../application/ports';
import { onlyArm } from '../domain/rollout.target';

const versionFile = z.object({
  pipeline: name,
  version: z.string().min(1),
  digest,
  rolloutId: z.string().min(1),
  sequence: z.int().min(1),
});

/** `<pipeline>/version.json` and `<pipeline>/current_model.onnx`, as the deployer writes them: the primary arm. */
export class DiskDeployedFolder implements DeployedFolder {
  constructor(private readonly root: string) {}

  /** Null where nothing was deployed. Throws for a version file that cannot be read. */
  async read(pipeline: string): Promise<Deployable | null> {
    const text = await readFile(join(this.root, pipeline, 'version.json'), 'utf8').catch(nullWhereMissing);
    if (text === null) return null;
    const { version, digest: expected, rolloutId, sequence } = versionFile.parse(JSON.parse(text));
    return {
      target: {
        ...{ rolloutId, sequence, source: 'file', experimentId: rolloutId },
        arms: [onlyArm({ version, digest: expected })],
        shadows: [],
      },
      artifact: () => this.model(pipeline, expected),
    };
  }

  private async model(pipeline: string, expected: string): Promise<Uint8Array> {
    const path = join(this.root, pipeline, 'current_model.onnx');
    const bytes = await readFile(path);
    const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (found === expected) return bytes;
    const details = { path, expected, found };
    throw new ServiceError('DIGEST_MISMATCH', 500, `${path} is not the model of its version file`, details, {
      retryable: false,
    });
  }
}

function nullWhereMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
