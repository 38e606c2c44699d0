import {
  alertRaisedV1,
  alertResolvedV1,
  attemptsExhaustedV1,
  batchClosedV1,
  batchPreparedV1,
  cycleSkippedV1,
  cycleStartedV1,
  type DataOf,
  type EventContract,
  modelJudgedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  rolloutCompletedV1,
  rolloutFailedV1,
  rolloutStartedV1,
  runCompletedV1,
  runFailedV1,
  runProgressedV1,
  versionApprovedV1,
  versionRegisteredV1,
} from '@perennial/contracts';
import { type BrokerRecord, decodeEnvelope, validateData } from '@perennial/messaging';

/** The events that the demo follows, as anyone may who reads the topics. */
export const followed = {
  batchClosed: batchClosedV1,
  batchPrepared: batchPreparedV1,
  cycleStarted: cycleStartedV1,
  cycleSkipped: cycleSkippedV1,
  modelJudged: modelJudgedV1,
  modelKept: modelKeptV1,
  modelPromoted: modelPromotedV1,
  attemptsExhausted: attemptsExhaustedV1,
  retrainingRequested: retrainingRequestedV1,
  runProgressed: runProgressedV1,
  runCompleted: runCompletedV1,
  runFailed: runFailedV1,
  versionRegistered: versionRegisteredV1,
  versionApproved: versionApprovedV1,
  rolloutStarted: rolloutStartedV1,
  rolloutCompleted: rolloutCompletedV1,
  rolloutFailed: rolloutFailedV1,
  alertRaised: alertRaisedV1,
  alertResolved: alertResolvedV1,
} as const;

type Followed = typeof followed;
type Kind = keyof Followed;

/** One event, told apart by `kind`. */
export type Observation = { [K in Kind]: { readonly kind: K; readonly data: DataOf<Followed[K]> } }[Kind];

const contracts = Object.entries(followed) as [Kind, EventContract<unknown>][];

export const followedTopics: readonly string[] = [...new Set(contracts.map(([, { topic }]) => topic.name))];

/** Undefined for an event that is not followed. @throws DecodeError for one that breaks its contract */
export function observationOf(record: BrokerRecord): Observation | undefined {
  const envelope = decodeEnvelope(record);
  const found = contracts.find(([, { type }]) => type === envelope.type);
  if (!found) return undefined;
  const [kind, contract] = found;
  return { kind, data: validateData(envelope, contract).data } as Observation;
}
