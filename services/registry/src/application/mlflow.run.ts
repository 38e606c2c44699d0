import type { Metrics } from '@perennial/contracts';
import type { ModelVersion } from '../domain/model.version';
import { artifactUri, mlflowRunId } from './mlflow.view';

/** What clients take for "in no experiment". */
const DEFAULT_EXPERIMENT = '0';

export interface Pair {
  key: string;
  value: string;
}

/**
 * The run that made a version, as `runs/get` of MLflow's REST API tells it: metrics on the held-out rows, those of the
 * version that served then as `incumbent_…`, the bounds of their intervals as `…_low` and `…_high`.
 */
export function mlflowRun(version: ModelVersion) {
  const { runId, strategy, registeredAt, hyperparameters, metrics, incumbentMetrics } = version;
  const at = Date.parse(registeredAt);
  const id = mlflowRunId(runId);
  return {
    info: {
      ...{ run_id: id, run_uuid: id, run_name: runId, experiment_id: DEFAULT_EXPERIMENT, user_id: 'perennial' },
      ...{ status: 'FINISHED', start_time: at, end_time: at, lifecycle_stage: 'active' },
      artifact_uri: artifactUri(version),
    },
    data: {
      metrics: [...measured('', metrics), ...measured('incumbent_', incumbentMetrics)].map(([key, value]) => ({
        ...{ key, value, timestamp: at, step: 0 },
      })),
      params: [{ key: 'strategy', value: strategy }, ...parameters('', hyperparameters)],
      tags: [{ key: 'mlflow.runName', value: runId }, ...tagsOf(version)],
    },
  };
}

/** Without those that are not defined, as on rows of one class. */
function measured(prefix: string, metrics: Metrics | null): [string, number][] {
  const all = Object.entries(metrics ?? {}).flatMap(([name, { value, low, high }]): [string, number | null][] => [
    [`${prefix}${name}`, value],
    [`${prefix}${name}_low`, low],
    [`${prefix}${name}_high`, high],
  ]);
  return all.filter((each): each is [string, number] => each[1] !== null);
}

/** Settings within settings by dotted names. */
function parameters(prefix: string, given: object): Pair[] {
  return Object.entries(given).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? parameters(`${prefix}${name}.`, value)
      : [{ key: `${prefix}${name}`, value: typeof value === 'string' ? value : JSON.stringify(value) }],
  );
}

function tagsOf({ pipeline, version, cycleId, day, attempt, finetunedFrom, data, verdict }: ModelVersion): Pair[] {
  const tags = {
    ...{ pipeline, version, cycle: cycleId, day, attempt: String(attempt), finetuned_from: finetunedFrom },
    ...{ view: `${data.view}@v${data.viewVersion}`, batches: data.batches.join(',') },
    ...{ verdict: JSON.stringify(verdict) },
  };
  return Object.entries(tags).flatMap(([name, value]) =>
    value === null ? [] : [{ key: `perennial.${name}`, value: String(value) }],
  );
}
