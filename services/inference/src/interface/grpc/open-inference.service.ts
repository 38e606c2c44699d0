import { ServiceError } from '@perennial/service';
import type { ModelSlot, Serving } from '../../application/model.slot';
import type { ModelSlots } from '../../application/model.slots';
import type { CallOptions, PredictRows } from '../../application/predict.rows';
import { inferRows } from './infer.rows';
import type { InferRequest, InferResponse } from './infer.messages';
import { inferResponse, OUTPUT_METADATA, outputsOf } from './infer.outputs';

export interface ModelRequest {
  name: string;
  version: string;
}

/** The Open Inference Protocol over the models that are served; a model is a pipeline. */
export class OpenInferenceService {
  constructor(
    private readonly slots: ModelSlots,
    private readonly predict: PredictRows,
  ) {}

  serverLive() {
    return { live: true };
  }

  serverReady() {
    return { ready: this.slots.all().some((slot) => slot.current()) };
  }

  serverMetadata() {
    return { name: 'perennial', version: '0.1.0', extensions: [] };
  }

  modelReady({ name, version }: ModelRequest) {
    const serving = this.slots.choose(name || undefined).current();
    return { ready: serving !== null && (version === '' || version === serving.target.version) };
  }

  modelMetadata({ name, version }: ModelRequest) {
    const slot = this.slots.choose(name || undefined);
    const { model, target } = servingVersion(slot, version);
    const inputs = model.signature.inputs.map((input) => ({
      name: input.name,
      datatype: input.type === 'string' ? 'BYTES' : 'FP32',
      shape: [-1, 1],
    }));
    return {
      name: slot.pipeline,
      versions: [target.version],
      platform: 'onnx_onnxv1',
      inputs,
      outputs: OUTPUT_METADATA,
    };
  }

  async modelInfer(request: InferRequest, options: CallOptions = {}): Promise<InferResponse> {
    outputsOf(request);
    const slot = this.slots.choose(request.model_name || undefined);
    const rowsFor = (serving: Serving) => {
      requireVersion(slot, serving, request.model_version);
      return inferRows(request, serving.model.signature.inputs);
    };
    const answered = await this.predict.run(slot, rowsFor, options);
    return inferResponse(request, answered);
  }
}

function servingVersion(slot: ModelSlot, version: string): Serving {
  const serving = slot.current();
  if (!serving) {
    throw new ServiceError('NO_MODEL', 503, `No model of ${slot.pipeline} is loaded`, { pipeline: slot.pipeline });
  }
  requireVersion(slot, serving, version);
  return serving;
}

function requireVersion({ pipeline }: ModelSlot, { target }: Serving, version: string): void {
  if (version === '' || version === target.version) return;
  const rule = `must be ${target.version}, the version that serves, or empty`;
  throw new ServiceError('UNKNOWN_VERSION', 404, `version ${version} of ${pipeline} ${rule}`, {
    input: 'model_version',
    value: version,
    rule,
  });
}
