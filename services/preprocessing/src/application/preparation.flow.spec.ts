import { PreparationFlow, REFERENCE } from '../testing/preparation.flow';

const unexpected = Object.assign(new Error('the file is damaged'), { code: 'DAMAGED', retryable: false });

describe('a closed batch', () => {
  let flow: PreparationFlow;
  beforeEach(() => (flow = new PreparationFlow()));

  it('is queued by its event, which does no work on rows, and prepared by a worker as its effect', async () => {
    flow.disturb = () => Promise.reject(new Error('no work yet'));
    const id = await flow.close(REFERENCE);
    expect([flow.state(id), flow.published(), flow.rung]).toEqual(['queued', [], 1]);
    flow.disturb = async () => undefined;
    expect(await flow.run(id)).toBe(true);
    expect(flow.state(id)).toBe('prepared');
    expect(flow.published()).toEqual([`${id} c-${REFERENCE} closed-${REFERENCE}`]);
  });

  it('is prepared once, however often it is told of and taken up', async () => {
    const id = await flow.close(REFERENCE);
    await flow.close(REFERENCE);
    expect(await flow.run(id)).toBe(true);
    await flow.close(REFERENCE);
    expect(await flow.run(id)).toBe(false);
    expect([flow.state(id), flow.published(), flow.rung]).toEqual(['prepared', [expect.anything()], 1]);
  });

  it('waits for the reference day; those that waited come right after it, by day and as its effects', async () => {
    const later = await flow.close('2026-01-04');
    const earlier = await flow.close('2026-01-03');
    await flow.drain();
    expect([flow.state(later), flow.state(earlier)]).toEqual(['waiting', 'waiting']);
    const reference = await flow.close(REFERENCE);
    const last = await flow.close('2025-12-31');
    await flow.drain();
    expect(flow.published()).toEqual([
      ...[`${reference} c-${REFERENCE} closed-${REFERENCE}`, `${earlier} c-2026-01-03 closed-${REFERENCE}`],
      ...[`${later} c-2026-01-04 closed-${REFERENCE}`, `${last} c-2025-12-31 closed-2025-12-31`],
    ]);
    expect([...flow.metadata.fits.keys()]).toEqual(['loans@1']);
  });

  it('takes its turn in the order in which the batches were told of', async () => {
    await flow.run(await flow.close(REFERENCE));
    const told = [await flow.close('2026-01-09'), await flow.close('2026-01-04'), await flow.close('2026-01-05')];
    await flow.drain();
    expect(
      flow
        .published()
        .slice(1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(told);
  });

  it('of a dataset that nobody declares is refused', async () => {
    await expect(flow.close(REFERENCE, { dataset: 'cars' })).rejects.toMatchObject({ code: 'UNKNOWN_DATASET' });
  });

  it('of the reference day without rows is unusable, and a repeated event has it looked at again', async () => {
    const id = await flow.close(REFERENCE, { rows: 0 });
    await flow.drain();
    expect(flow.state(id)).toBe('unusable');
    await flow.close(REFERENCE);
    await flow.drain();
    expect(flow.state(id)).toBe('prepared');
  });
});

describe('work on a batch', () => {
  let flow: PreparationFlow;
  beforeEach(() => (flow = new PreparationFlow()));

  it('that another has finished meanwhile changes nothing', async () => {
    const id = await flow.close(REFERENCE);
    flow.disturb = async () => void (await flow.another.run(id, new AbortController().signal));
    expect(await flow.run(id)).toBe(true);
    expect(flow.published()).toHaveLength(1);
    expect([...flow.metadata.fits.keys()]).toEqual(['loans@1']);
  });

  it('on a fit that is another now is not written', async () => {
    const id = await flow.close('2026-01-03');
    flow.disturb = async () => undefined;
    const reference = await flow.close(REFERENCE);
    await flow.run(reference);
    const saved = await flow.metadata.head('loans');
    flow.disturb = async () => {
      await flow.unitOfWork.execute(null, async (transaction) => {
        await flow.metadata.saveHead('loans', saved, transaction);
        return [];
      });
    };
    await expect(flow.run(id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect([flow.state(id), flow.published()]).toEqual(['queued', [expect.stringContaining(reference)]]);
  });

  it('is kept while its outcome cannot be stored', async () => {
    const id = await flow.close(REFERENCE);
    let works = 0;
    flow.disturb = async () => void (works += 1);
    flow.unitOfWork.conflicts = 1;
    await expect(flow.run(id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await flow.run(id)).toBe(true);
    expect([works, flow.state(id)]).toEqual([2, 'prepared']); // one fit, one encoding
  });

  it('whose lease is lost is not written', async () => {
    const id = await flow.close(REFERENCE);
    const lease = new AbortController();
    flow.disturb = async () => lease.abort(new Error('lost'));
    await expect(flow.run(id, lease.signal)).rejects.toThrow('lost');
    expect([flow.state(id), flow.published()]).toEqual(['queued', []]);
  });

  it('that is given up fails the batch with its reason, until a person has it tried again', async () => {
    const id = await flow.close(REFERENCE);
    flow.disturb = () => Promise.reject(unexpected);
    await expect(flow.run(id)).rejects.toBe(unexpected);
    await flow.prepare.giveUp(id, unexpected);
    const known = flow.batches.records.get(id);
    expect(known).toMatchObject({ state: 'failed', code: 'DAMAGED', reason: 'the file is damaged' });
    expect(await flow.run(id)).toBe(false);
    flow.disturb = async () => undefined;
    expect(await flow.queue.retry(id)).toMatchObject({ state: 'queued' });
    expect(flow.rung).toBe(2);
    await flow.drain();
    expect(flow.published()).toEqual([`${id} c-${REFERENCE} closed-${REFERENCE}`]);
    await flow.prepare.giveUp(id, unexpected);
    expect(flow.state(id)).toBe('prepared');
  });

  it('is not asked for again where it did not fail', async () => {
    const id = await flow.close(REFERENCE);
    await expect(flow.queue.retry(id)).rejects.toMatchObject({ code: 'NOT_FAILED', details: { value: 'queued' } });
    await expect(flow.queue.retry('loans/2026-09-09')).rejects.toMatchObject({ code: 'UNKNOWN_BATCH' });
  });
});
