import type { ModelVersion, VersionState } from '../domain/model.version';

/** MLflow's stages, for clients that ask by them. */
const STAGES: Readonly<Record<VersionState, string>> = {
  candidate: 'None',
  approved: 'Staging',
  production: 'Production',
  archived: 'Archived',
  rejected: 'Archived',
};

/** The alias of the version that serves, beside its stage. */
export const SERVING_ALIAS = 'production';

export const stageOf = ({ state }: Pick<ModelVersion, 'state'>): string => STAGES[state];

/** Path of a version's model directory among the artifacts. */
export const directoryOf = ({ pipeline, version }: Pick<ModelVersion, 'pipeline' | 'version'>): string =>
  `models/${pipeline}/${version}`;

/** Under the tracking server's proxy, which is this service. */
export const artifactUri = (version: ModelVersion): string => `mlflow-artifacts:/${directoryOf(version)}`;

/** MLflow's clients take letters, digits, dashes and underscores. */
export const mlflowRunId = (runId: string): string => runId.replaceAll('.', '_');

/** Which runs an id of MLflow's form may stand for: names of pipelines hold no underscore, the rest of an id may. */
export const runIdsOf = (mlflowId: string): string[] => [
  ...new Set([mlflowId, mlflowId.replaceAll('_', '.'), mlflowId.replace('_', '.')]),
];

const milliseconds = (instant: string | undefined): number => (instant === undefined ? 0 : Date.parse(instant));

/** A version as MLflow's REST API tells it; empty lists are left out there. */
export function mlflowVersion(version: ModelVersion) {
  const { artifact, state, strategy, cycleId, runId, registeredAt, history } = version;
  const tags = { 'perennial.digest': artifact.digest, 'perennial.state': state, 'perennial.strategy': strategy };
  return {
    name: version.pipeline,
    version: version.version,
    creation_timestamp: milliseconds(registeredAt),
    last_updated_timestamp: milliseconds(history.at(-1)?.at ?? registeredAt),
    current_stage: stageOf(version),
    description: `${strategy}, of ${cycleId}`,
    source: artifactUri(version),
    run_id: mlflowRunId(runId),
    status: 'READY',
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    ...(state === 'production' && { aliases: [SERVING_ALIAS] }),
  };
}

/**
 * The newest version of each stage that is asked for, or of all. Versions: newest first. The name of a version stands for
 * it: clients take what is no number in models:/MODEL/VERSION for a stage.
 */
export function latestVersions(versions: readonly ModelVersion[], stages: readonly string[]): ModelVersion[] {
  const asked = stages.map((stage) => stage.toLowerCase());
  const newest = new Map<string, ModelVersion>();
  for (const version of versions) {
    const stage = stageOf(version);
    if (!newest.has(stage)) newest.set(stage, version);
  }
  const ofStages = [...newest]
    .filter(([stage]) => asked.length === 0 || asked.includes(stage.toLowerCase()))
    .map(([, found]) => found);
  return [...new Set([...ofStages, ...versions.filter(({ version }) => stages.includes(version))])];
}

export interface Page {
  /** Items before it. */
  from: number;
  /** Items of it. */
  most: number;
}

/** A page of a search, with the token of the next one where there is more. */
export function pageOf<T>(
  items: readonly T[],
  { from, most }: Page,
): { items: T[]; next: { next_page_token?: string } } {
  const end = from + most;
  return { items: items.slice(from, end), next: items.length > end ? { next_page_token: String(end) } : {} };
}
