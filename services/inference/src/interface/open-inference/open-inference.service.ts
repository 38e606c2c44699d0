import { datatypeOf, type InferAnswer, type InferCall, type InferLimits, rowsOf } from '@perennial/open-inference';
import { ServiceError } from '@perennial/service';
import type { EnrichRows } from '../../application/enrich.rows';
import type { CallOptions, ModelSlot, Serving } from '../../application/model.slot';
import type { ModelSlots } from '../../application/model.slots';
import type { ServedCounts } from '../../application/ports';
import type { PredictRows } from '../../application/predict.rows';
import { answerParameters, entityParameter } from './answer.parameters';
import { modelConfig, PLATFORM } from './model.config';
import { modelStatistics } from './model.statistics';
import { OUTPUT_METADATA, outputsOf, outputTensors } from './prediction.outputs';
import { requireVersion, servedVersion, servedVersions } from './served.version';

export interface OpenInferenceParts {
  slots: ModelSlots;
  predict: PredictRows;
  enrich: Pick<EnrichRows, 'policyOf'>;
  counts: ServedCounts;
  /** Whether this replica takes requests: not while it stops. */
  isReady(): Promise<boolean>;
  /** Rows of one request. */
  maxRows: number;
}

/** The Open Inference Protocol over the models that are served, whatever the transport; a model is a pipeline. */
export class OpenInferenceService {
  readonly limits: InferLimits;

  constructor(private readonly parts: OpenInferenceParts) {
    this.limits = { maxRows: parts.maxRows };
  }

  serverMetadata() {
    const extensions = ['binary_tensor_data', 'model_repository', 'model_configuration', 'statistics'];
    return { name: 'perennial', version: '0.1.0', extensions };
  }

  /** Whether some model answers, and the replica is not on its way out. */
  async serverReady(): Promise<boolean> {
    return this.parts.slots.all().some((slot) => slot.current()) && (await this.parts.isReady());
  }

  modelNames(): string[] {
    return this.parts.slots.all().map(({ pipeline }) => pipeline);
  }

  /** False where the model or the version is known, but does not answer. */
  modelReady(name: string, version: string): boolean {
    const served = servedVersions(this.slot(name));
    return version === '' ? served.length > 0 : served.includes(version);
  }

  modelMetadata(name: string, version: string) {
    const slot = this.slot(name);
    const { model } = servedVersion(slot, version);
    const inputs = model.signature.inputs.map((input) => ({
      name: input.name,
      datatype: datatypeOf(input),
      shape: [-1, 1],
    }));
    return {
      name: slot.pipeline,
      versions: servedVersions(slot),
      platform: PLATFORM,
      inputs,
      outputs: OUTPUT_METADATA,
    };
  }

  modelConfig(name: string, version: string) {
    const slot = this.slot(name);
    const { model, target } = servedVersion(slot, version);
    return modelConfig(slot.pipeline, target.version, model, this.parts.maxRows);
  }

  /** Of one model, or of all that answer where no name is given. */
  statistics(name: string, version: string) {
    const slots = name === '' ? this.parts.slots.all().filter((slot) => slot.current()) : [this.slot(name)];
    const versionsOf = (slot: ModelSlot) =>
      version === '' ? servedVersions(slot) : [servedVersion(slot, version).target.version];
    const pairs = slots.flatMap((slot) => versionsOf(slot).map((each) => [slot.pipeline, each] as const));
    const counted = ([pipeline, each]: readonly [string, string]) => this.parts.counts.of(pipeline, each);
    return { model_stats: pairs.map((pair) => modelStatistics(...pair, counted(pair))) };
  }

  /** Throws OVERLOADED where the model would take no row now: asked before the body is read. */
  requirePlace(name: string): void {
    this.parts.predict.requirePlace(name);
  }

  async infer(name: string, version: string, call: InferCall, options: CallOptions): Promise<InferAnswer> {
    const outputs = outputsOf(call);
    const slot = this.slot(name);
    const { predict, enrich } = this.parts;
    const lookup = enrich.policyOf(slot.pipeline);
    const rowsFor = (serving: Serving) => {
      requireVersion(slot, serving, version);
      return rowsOf(call, serving.model.signature.inputs, lookup);
    };
    const { arm, key, deadline, trace } = options;
    const route = { arm, key: entityParameter(call) ?? key, deadline, trace, version: version || undefined };
    const answered = await (lookup
      ? predict.enriched(slot, rowsFor, route, (filled, told) => predict.run(slot, filled, route, told))
      : predict.run(slot, rowsFor, route));
    return {
      model: answered.pipeline,
      version: answered.version,
      parameters: answerParameters(answered, outputs),
      outputs: outputTensors(outputs, answered.predictions),
    };
  }

  /** A name that is missing is never guessed here: in this protocol the path or the message says it. */
  private slot(name: string): ModelSlot {
    if (name === '') throw new ServiceError('UNKNOWN_PIPELINE', 404, 'model must be named', { input: 'model' });
    return this.parts.slots.choose(name);
  }
}
