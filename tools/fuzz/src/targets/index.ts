import type { FuzzTarget } from '../fuzz.target';
import { csvTarget } from './csv.target';
import { eventTarget } from './event.target';
import { jsonTarget, ndjsonTarget } from './json.targets';
import { modelTarget } from './model.target';
import { onnxTarget } from './onnx.target';
import { parquetTarget } from './parquet.target';
import { pipelineTarget } from './pipeline.target';

/** Every decoder of bytes that come from outside. */
export const targets: readonly FuzzTarget[] = [
  csvTarget,
  ndjsonTarget,
  jsonTarget,
  parquetTarget,
  eventTarget,
  pipelineTarget,
  onnxTarget,
  modelTarget,
];
