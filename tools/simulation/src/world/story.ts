import { formatProblems, parsePipeline, type Pipeline } from '@perennial/pipeline';
import { RandomStream } from '../scheduler/random.stream';

/** Which models turn out good on a day: the one that serves, or only that of an attempt, or none. */
export type DayFate = 'holds' | 'attempt-1' | 'attempt-2' | 'attempt-3' | 'hopeless';

export interface StoryDay {
  day: string;
  fate: DayFate;
  rows: readonly SubmittedRow[];
  /** Messages in the order in which they are sent, the manifest among them. */
  messages: readonly Message[];
}

export interface SubmittedRow {
  id: string;
  record: Record<string, unknown>;
  malformed: boolean;
}

export type Message = { records: readonly unknown[] } | { manifest: number } | { poison: string };

export interface StoryPipeline {
  declared: Pipeline;
  dataset: string;
  days: readonly StoryDay[];
}

export interface StorySize {
  pipelines: number;
  days: number;
}

export const firstDay = '2026-03-02';
export const approver = 'ana@perennial.example';

const ROWS = 24;
const FATES: readonly DayFate[] = ['holds', 'attempt-1', 'attempt-1', 'attempt-2', 'attempt-3', 'hopeless'];

/** What the outside world does, from the seed alone: the same for every schedule of faults. */
export function storyOf(seed: number, { pipelines, days }: StorySize): StoryPipeline[] {
  return Array.from({ length: pipelines }, (_, index) => {
    const name = `p${index + 1}`;
    const random = new RandomStream(seed, `story ${name}`);
    const manual = random.chance(0.25);
    // A stream of its own: other seeds' stories stay as they were.
    const searches = new RandomStream(seed, `search ${name}`).chance(0.5);
    return {
      declared: pipelineOf(name, manual, searches),
      dataset: `d-${name}`,
      days: Array.from({ length: days }, (_, number) => dayOf(name, dayAfter(number), number === 0, random)),
    };
  });
}

function dayOf(name: string, day: string, first: boolean, random: RandomStream): StoryDay {
  const rows = Array.from({ length: ROWS }, (_, index) => rowOf(`${name}-${day}-${index}`, index, random));
  const fate = first ? random.pick(['attempt-1', 'attempt-1', 'attempt-2', 'hopeless'] as const) : random.pick(FATES);
  return { day, fate, rows, messages: messagesOf(rows, first, random) };
}

function rowOf(id: string, index: number, random: RandomStream): SubmittedRow {
  const size = Math.round(random.next() * 1000) / 10;
  const colour = random.pick(['red', 'green', 'blue']);
  // Both labels in every part of a day, however small.
  const record = { id, size, colour, outcome: index % 2 === 0 ? 'yes' : 'no' };
  const malformed = random.chance(0.08);
  return { id, record: malformed ? { ...record, size: 'large' } : record, malformed };
}

/** In small messages, some twice, some after the manifest; now and then one that nobody can read. */
function messagesOf(rows: readonly SubmittedRow[], first: boolean, random: RandomStream): Message[] {
  const late = first ? 0 : random.integer(0, 3);
  const records = rows.map(({ record }) => record);
  const messages: Message[] = [];
  for (let at = 0; at < records.length;) {
    const size = random.integer(3, 8);
    const part = records.slice(at, at + size);
    messages.push({ records: part });
    if (random.chance(0.2)) messages.push({ records: part });
    at += size;
  }
  if (random.chance(0.2)) messages.splice(random.integer(0, messages.length), 0, { poison: 'no json' });
  const announced = random.chance(0.15) ? records.length + 1 : records.length;
  const at = late > 0 ? messages.length - 1 : random.integer(Math.max(0, messages.length - 2), messages.length);
  messages.splice(at, 0, { manifest: announced });
  if (random.chance(0.2)) messages.push({ manifest: announced });
  return messages;
}

/** Small, and with more than one trial at a time. */
const search = {
  space: {
    mlp: { epochs: 2, hidden: { choices: [[2], [4]] }, learningRate: { min: 0.001, max: 0.1, scale: 'log' } },
    'logistic-regression': { epochs: 2, learningRate: { min: 0.001, max: 0.1, scale: 'log' } },
  },
  ...{ metric: 'f1', budget: { trials: 4, seconds: 60 }, parallel: 2, halving: { minimum: 0.5, factor: 2 } },
};

function pipelineOf(name: string, manual: boolean, searches: boolean): Pipeline {
  // JSON is YAML.
  const parsed = parsePipeline(
    JSON.stringify({
      ...{ apiVersion: 'perennial/v1', kind: 'Pipeline', name },
      dataset: {
        name: `d-${name}`,
        recordId: 'id',
        target: { column: 'outcome', positive: 'yes' },
        columns: [
          { name: 'id', type: 'string', nullable: false },
          { name: 'size', type: 'number' },
          { name: 'colour', type: 'category', values: ['red', 'green', 'blue'] },
          { name: 'outcome', type: 'category', values: ['yes', 'no'] },
        ],
        closing: { manifest: true, graceSeconds: 10 },
      },
      reference: { day: firstDay },
      quality: { rowCount: { minimumRatio: 0, maximumRatio: 100 }, maxOutOfRangeShare: 1, maxUnseenShare: 1 },
      split: { holdout: 0.3, validation: 0.3 },
      model: { dModel: 4, heads: 1, layers: 1, feedForward: 4 },
      gate: { metric: 'f1', averaging: 'macro', threshold: 0.6, decisionThreshold: 0.5, minimumRows: 1 },
      improvement: {
        maxAttempts: 3,
        attemptTimeoutMinutes: 3,
        attempts: [
          { strategy: 'fine-tune', window: { days: 1 } },
          searches
            ? { strategy: 'search', window: { days: 3 }, search, ensemble: { size: 2 } }
            : { strategy: 'fine-tune', epochs: 4, window: { days: 3 } },
          { strategy: 'train', window: { days: 'all' } },
        ],
      },
      approval: manual ? { mode: 'manual', approvers: [approver] } : { mode: 'automatic' },
      rollout: { timeoutSeconds: 30 },
      alerts: { routes: { critical: ['pagerduty'], error: ['pagerduty'], warning: ['webhook'], info: ['webhook'] } },
    }),
  );
  if (parsed.ok) return parsed.ok;
  throw new TypeError(formatProblems(parsed.problems));
}

const DAY_MS = 24 * 60 * 60 * 1000;
const dayAfter = (number: number): string =>
  new Date(Date.parse(`${firstDay}T00:00:00Z`) + number * DAY_MS).toISOString().slice(0, 10);
