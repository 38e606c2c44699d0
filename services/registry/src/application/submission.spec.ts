import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataOf, FileReference, submissionAcceptedV1 } from '@perennial/contracts';
import {
  type EventEnvelope,
  type HandlerContext,
  type OutgoingEvent,
  silentLogger,
  Transactor,
} from '@perennial/messaging';
import { InMemoryUnitOfWork } from '@perennial/messaging/testing';
import { parsePipeline, type Pipeline } from '@perennial/pipeline';
import type { SubmissionOptions } from '../domain/submission';
import { prepareModel } from '../infrastructure/submitted.model';
import { InMemorySubmissionStore } from '../testing/in-memory.submission.store';
import { InMemoryVersionStore } from '../testing/in-memory.version.store';
import { exampleFile, exampleMetrics } from '../testing/version.examples';
import { ConcludeSubmission } from './conclude.submission';
import { SubmitModel } from './submit.model';
import { VersionRegistration } from './version.registration';

const golden = join(__dirname, '../../../../libs/onnx-file/golden');
const fixture = (name: string) => readFileSync(join(golden, `${name}.onnx`));

const people = (changes: (yaml: string) => string = (yaml) => yaml): Pipeline => {
  const parsed = parsePipeline(
    changes(`
apiVersion: perennial/v1
kind: Pipeline
name: people
owner: risk@bank.example
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: amount, type: number, minimum: 0 }
    - { name: age, type: integer, nullable: false, minimum: 18, maximum: 80 }
    - { name: gender, type: category, values: ['1', '2'], nullable: false }
    - { name: region, type: category }
    - { name: y, type: integer }
reference: { day: '2026-01-01' }
`),
    { env: {} },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.ok;
};

const options = (changes: Partial<SubmissionOptions> = {}): SubmissionOptions => ({
  ...{ columns: null, positive: null, output: null, scores: 'probabilities', threshold: null, ...changes },
});
const order = ['amount', 'age', 'gender'];

/** Sigmoid of the amount: NaN where there is none. */
const unimputed = () => ({ bytes: readFileSync(join(golden, 'branches.onnx')) });

// Each file is tried in a process of its own.
jest.setTimeout(180_000);

describe('a submitted model', () => {
  let submissions: InMemorySubmissionStore;
  let versions: InMemoryVersionStore;
  let unitOfWork: InMemoryUnitOfWork;
  let stored: Map<string, Uint8Array>;
  let submit: SubmitModel;
  let conclude: ConcludeSubmission;

  const start = (pipeline: Pipeline) => {
    const pipelines = new Map([[pipeline.name, pipeline]]);
    [submissions, versions, unitOfWork] = [
      new InMemorySubmissionStore(),
      new InMemoryVersionStore(),
      new InMemoryUnitOfWork(),
    ];
    stored = new Map();
    const files = {
      put: async (_: string, content: Uint8Array, { name = '' }: { name?: string }): Promise<FileReference> => {
        stored.set(name, content);
        return exampleFile(name);
      },
      get: async ({ fileId }: FileReference) => stored.get(fileId) as Uint8Array,
    };
    const clock = { now: () => new Date('2026-01-04T00:00:00.000Z') };
    let ids = 0;
    const transactor = new Transactor(unitOfWork, { source: '/registry', clock, newId: () => `id-${++ids}` });
    submit = new SubmitModel(submissions, pipelines, files, prepareModel, transactor, clock);
    const registration = new VersionRegistration(versions, files, () => [{ name: 'age', type: 'float32' }]);
    conclude = new ConcludeSubmission(submissions, pipelines, registration);
  };
  beforeEach(() => start(people()));

  const run = (name: string, changes: Partial<SubmissionOptions> = {}, again = false) =>
    submit.run('people', { bytes: fixture(name), submittedBy: 'ada', options: options(changes), again });

  const handle = async (work: (context: HandlerContext) => Promise<OutgoingEvent[]>) => {
    let events: OutgoingEvent[] = [];
    await unitOfWork.execute(null, async (transaction) => {
      const now = () => new Date('2026-01-05T00:00:00.000Z');
      events = await work({ transaction, now, logger: silentLogger, attempt: 1 } as HandlerContext);
      return [];
    });
    return events.map(({ contract, data }) => ({ type: contract.type.split('.').at(-1), ...(data as object) }));
  };

  const judgement = {
    ...{ day: '2026-01-03', holdoutRows: 900, metrics: exampleMetrics, incumbent: null, incumbentMetrics: null },
    verdict: { metric: 'f1', averaging: 'binary' as const, threshold: 0.45, passed: true },
  };
  const accepted = (submissionId: string) => {
    const { artifact, decisionThreshold } = submissions.submissions.get(submissionId)!.submission;
    const data = { view: 'people', viewVersion: 1, batches: ['b'], raw: [exampleFile('raw')] };
    const event = { submissionId, pipeline: 'people', ...judgement, artifact, decisionThreshold, data };
    return { data: event, correlationid: submissionId } as EventEnvelope<DataOf<typeof submissionAcceptedV1>>;
  };

  it.each(['lightgbm', 'xgboost'])(
    'is checked, stored and announced once, however often it comes: %s',
    async (name) => {
      const first = await run(name, { columns: order });
      const second = await run(name, { columns: order });
      expect(first.created).toBe(true);
      expect(second).toEqual({ submission: first.submission, created: false });
      expect(first.submission).toMatchObject({
        ...{ state: 'submitted', submittedBy: 'ada', decisionThreshold: 0.5, classes: ['0', '1'] },
        inputs: order.map((name) => expect.objectContaining({ name })),
      });
      expect(unitOfWork.outbox).toHaveLength(1);
      expect(stored.get(first.submission.original.fileId)).toEqual(fixture(name));
      const other = await run(name, { columns: order, threshold: 0.3 });
      expect(other.submission.name).not.toBe(first.submission.name);
    },
  );

  it('becomes a version with its submission for a run when it is accepted', async () => {
    const { submission } = await run('sklearn-forest', { columns: order, positive: 'bad' });
    const events = await handle((context) => conclude.accepted(accepted(submission.submissionId), context));
    expect(await handle((context) => conclude.accepted(accepted(submission.submissionId), context))).toEqual([]);
    const cycleId = submission.submissionId;
    expect(events).toMatchObject([
      {
        type: 'version-registered',
        cycleId,
        runId: `people.${submission.name}`,
        checkpoint: null,
        finetunedFrom: null,
      },
      { type: 'version-approved', cycleId, approvedBy: 'policy:automatic' },
    ]);
    const [version] = [...versions.versions.values()].map((each) => each.version);
    expect(version).toMatchObject({
      ...{ strategy: 'submitted', cycleId, metrics: exampleMetrics },
      submission: { submittedBy: 'ada', original: submission.original, holdoutRows: 900 },
      history: [{ state: 'candidate', evidence: cycleId }, { state: 'approved' }],
    });
    expect(submissions.submissions.get(cycleId)?.submission).toMatchObject({
      state: 'accepted',
      version: version?.version,
    });
  });

  it('is judged again after a refusal only where that is asked for', async () => {
    const { submission } = await run('torch', { columns: order, scores: 'logits' });
    const { submissionId, pipeline } = submission;
    const refusal = { reason: 'not-passed' as const, detail: 'f1 is 0.4', judgement };
    const refused = { data: { submissionId, pipeline, ...refusal } } as Parameters<typeof conclude.refused>[0];
    await handle((context) => conclude.refused(refused, context));
    expect((await run('torch', { columns: order, scores: 'logits' })).submission).toMatchObject({
      ...{ submissionId, state: 'refused', refusal },
    });
    const again = await run('torch', { columns: order, scores: 'logits' }, true);
    expect(again).toMatchObject({ created: true, submission: { name: `${submission.name}-2`, state: 'submitted' } });
    expect(versions.versions.size).toBe(0);
  });

  const refusalOf = (work: Promise<unknown>) =>
    work.then(
      () => 'taken',
      (error: unknown) => error,
    );

  it.each<[string, () => Promise<unknown>, string]>([
    ['logits that are called probabilities', () => run('torch', { columns: order }), 'scores'],
    [
      'a column that the pipeline does not have',
      () => run('lightgbm', { columns: ['amount', 'age', 'sex'] }),
      'columns',
    ],
    [
      'a file that keeps its data elsewhere or is none',
      () => submit.run('people', { bytes: Uint8Array.of(255), submittedBy: 'a', options: options(), again: false }),
      'file',
    ],
  ])('is refused, and nothing of it stored: %s', async (_, work, field) => {
    expect(await refusalOf(work())).toMatchObject({
      ...{ code: 'UNSUITABLE_MODEL', status: 422 },
      details: { problems: [expect.objectContaining({ field })] },
    });
    expect([stored.size, submissions.submissions.size, unitOfWork.outbox.length]).toEqual([0, 0, 0]);
  });

  it('must answer where a column may be null', async () => {
    start(people((yaml) => yaml.replace('minimum: 0 }', 'minimum: 0, nullable: true }')));
    const { bytes } = unimputed();
    const submitted = submit.run('people', { bytes, submittedBy: 'ada', options: options(), again: false });
    expect(await refusalOf(submitted)).toMatchObject({
      details: { problems: [expect.objectContaining({ field: 'column amount', value: null })] },
    });
  });
});
