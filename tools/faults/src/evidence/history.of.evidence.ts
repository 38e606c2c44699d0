import { topics } from '@perennial/contracts';
import { accountRows, type DayRows, type History, rowKeysOf } from '@perennial/integrity';
import type { Evidence } from './evidence';

/** Heartbeats and predictions are not followed. */
const folded = [topics.replicas.name, topics.predictions.name];

/** What was pushed are the valid rows: anything else that is stored is wrong, refused rows included. */
function rowsOf({ pipeline, pushed, stored }: Evidence): DayRows[] {
  const days = [...new Set([...Object.keys(pushed), ...stored.map(({ day }) => day)])];
  return days.map((day) => {
    const batches = stored
      .filter((batch) => batch.day === day)
      .map(({ batchId, recordIds }) => ({ batchId, rows: rowKeysOf(recordIds), announced: null }));
    return accountRows({
      ...{ dataset: pipeline, day, batches },
      submitted: rowKeysOf(pushed[day] ?? []),
      quarantined: rowKeysOf([]),
    });
  });
}

/** What a scenario left behind, as the checker reads it. Dead letters that belong to a pipeline are not on purpose. */
export function historyOf(evidence: Evidence): History {
  const { pipeline, maxAttempts, events, deadLetters, versions, serving, pages } = evidence;
  const held = versions.map(({ version, cycleId }) => ({
    id: `${pipeline}/${version}`,
    revision: null,
    content: { pipeline, version, cycle_id: cycleId, state: 'registered', history: [] },
  }));
  return {
    pipelines: [{ name: pipeline, dataset: pipeline, maxAttempts }],
    atRest: true,
    events: events.flatMap(({ observed }) => observed ?? []),
    folded,
    deadLetters: deadLetters.map(({ topic, code, message }) => ({
      ...{ topic, partition: -1, offset: -1, group: 'a consumer', code, message, event: null },
    })),
    poison: [],
    rows: rowsOf(evidence),
    documents: { model_metadata: held },
    serving: serving.map((version, index) => ({
      ...{ pipeline, version, replica: index === 0 ? 'the deployer' : `replica ${index}` },
    })),
    pages,
  };
}
