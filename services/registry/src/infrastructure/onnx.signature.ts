import { checkModel, ModelRuntimeError, readMetadata } from '@perennial/model-runtime';
import { z } from 'zod';
import type { SignatureInput } from '../application/ports';
import { RegistryError } from '../application/registry.error';

const signature = z.object({
  inputs: z.array(z.object({ name: z.string().min(1), type: z.enum(['string', 'float32']) })).min(1),
});

/**
 * The inputs that `perennial.signature` in an ONNX file names. Throws RegistryError ARTIFACT_UNREADABLE, also for a file
 * that no service would load.
 */
export function readOnnxSignature(artifact: Uint8Array): SignatureInput[] {
  requireLoadable(artifact);
  let text: string | undefined;
  try {
    text = readMetadata(artifact)['perennial.signature'];
    return signature.parse(JSON.parse(text ?? 'null')).inputs;
  } catch (cause) {
    const rule = 'must be JSON with inputs: [{name, type: string or float32}]';
    const details = { field: 'perennial.signature', value: text ?? null, rule };
    throw new RegistryError('ARTIFACT_UNREADABLE', `the artifact's perennial.signature ${rule}`, details, cause);
  }
}

function requireLoadable(artifact: Uint8Array): void {
  try {
    checkModel(artifact);
  } catch (cause) {
    if (!(cause instanceof ModelRuntimeError)) throw cause;
    throw new RegistryError('ARTIFACT_UNREADABLE', cause.message, { field: 'artifact', ...cause.details }, cause);
  }
}
