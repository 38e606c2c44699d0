import {
  attemptsExhaustedV1,
  batchClosedV1,
  batchPreparedV1,
  cycleSkippedV1,
  type EventContract,
  modelKeptV1,
  modelPromotedV1,
  labelToldV1,
  predictionsMadeV3,
  replicaReportedV2,
  retrainingRequestedV1,
  rolloutCompletedV1,
  rolloutFailedV1,
  rolloutStartedV1,
  runCompletedV1,
  runFailedV1,
  runProgressedV1,
  topics,
  trafficChangedV1,
  trafficObservedV1,
  trialCompletedV1,
  trialFailedV1,
  trialRequestedV1,
  versionApprovedV1,
  versionRejectedV1,
  versionSupersededV1,
  viewUpdatedV1,
} from '@perennial/contracts';
import { nested, type PoisonMessage, poisonRecord } from './poison.message';

/** Who handles which event, as a fact to be held against the services. Nobody handles the last ones. */
const handlers: readonly (readonly [EventContract<never>, ...string[]])[] = (
  [
    [batchClosedV1, 'preprocessing'],
    [batchPreparedV1, 'feature-store'],
    [viewUpdatedV1, 'evaluator'],
    [retrainingRequestedV1, 'trainer'],
    [modelPromotedV1, 'registry', 'alerting'],
    [modelKeptV1, 'alerting'],
    [attemptsExhaustedV1, 'alerting'],
    [cycleSkippedV1, 'alerting'],
    [runCompletedV1, 'evaluator'],
    [runFailedV1, 'evaluator'],
    [trialRequestedV1, 'trainer'],
    [trialCompletedV1, 'trainer'],
    [trialFailedV1, 'trainer'],
    [versionApprovedV1, 'deployer'],
    [versionRejectedV1, 'evaluator'],
    [versionSupersededV1, 'evaluator', 'registry'],
    [rolloutCompletedV1, 'evaluator', 'registry', 'alerting'],
    [rolloutFailedV1, 'evaluator', 'registry', 'alerting'],
    [replicaReportedV2, 'deployer.perennial.inference.replicas.v1'],
    [predictionsMadeV3, 'inference.perennial.inference.predictions.v1'],
    [trafficObservedV1, 'deployer.perennial.inference.observations.v1'],
    [labelToldV1, 'inference.perennial.inference.labels.v1'],
    [runProgressedV1],
    [rolloutStartedV1],
    [trafficChangedV1],
  ] as const
).map((each) => each as unknown as readonly [EventContract<never>, ...string[]]);

const internalTopics = Object.values(topics)
  .map(({ name }) => name)
  .filter((name) => name !== topics.records.name);

/** Every group that reads the topic, for whichever of its events. */
function readersOf(topic: string): string[] {
  const groups = handlers.filter(([contract]) => contract.topic.name === topic).flatMap(([, ...names]) => names);
  return [...new Set(groups)].sort();
}

/** What no reader of a topic can make sense of. */
const senseless: readonly { name: string; code: string; type?: string; value: string | null }[] = [
  { name: 'broken-json', code: 'MALFORMED_DATA', type: 'perennial.x.v1.y', value: '{"pipeline":' },
  { name: 'nan-literal', code: 'MALFORMED_DATA', type: 'perennial.x.v1.y', value: '{"f1":NaN}' },
  { name: 'bottomless', code: 'MALFORMED_DATA', type: 'perennial.x.v1.y', value: nested(100_000) },
  { name: 'nothing', code: 'MALFORMED_DATA', type: 'perennial.x.v1.y', value: null },
  { name: 'no-type', code: 'MALFORMED_ENVELOPE', value: '{}' },
  { name: 'unknown-type', code: 'UNKNOWN_TYPE', type: 'perennial.x.v1.y', value: '{}' },
  { name: 'prototype-type', code: 'UNKNOWN_TYPE', type: '__proto__', value: '{}' },
];

function senselessOn(run: string, topic: string): PoisonMessage[] {
  const groups = readersOf(topic);
  return senseless.map(({ name: what, code, type, value }) => {
    const name = `${what} on ${topic}`;
    const record = poisonRecord(run, { name, topic, key: run, type, value });
    return { name, record, fate: groups.length === 0 ? { ignored: true } : { deadLetter: code, groups } };
  });
}

/** Data that breaks the schema of its type: for those who handle the type, and for nobody else on the topic. */
function invalidEvents(run: string): PoisonMessage[] {
  // It names no pipeline: as an event of one it would be part of that one's history.
  const wrong = `{"__proto__":{"cycleId":"${run}/x"},"day":"2026-02-30"}`;
  return handlers.map(([{ type, topic }, ...groups]) => {
    const name = `invalid ${type}`;
    const record = poisonRecord(run, { name, topic: topic.name, key: run, type, value: wrong });
    return { name, record, fate: groups.length === 0 ? { ignored: true } : { deadLetter: 'INVALID_DATA', groups } };
  });
}

/** Poison for every topic on which services talk among themselves. */
export const poisonedEvents = (run: string): PoisonMessage[] => [
  ...internalTopics.flatMap((topic) => senselessOn(run, topic)),
  ...invalidEvents(run),
];
