import { count, cut, dueAt, finish, isComplete, isWorthless, review, type ClosingPolicy } from './closing';
import { batchId, type Day, newDay } from './day';
import { take, watermarkOf } from './taking';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 5, 12, 0, seconds));

const manifestPolicy: ClosingPolicy = {
  manifest: true,
  graceSeconds: 60,
  rowCount: null,
  schedule: null,
  timezone: 'UTC',
};

let offset = 0;
const rows = (day: Day, accepted: number, seconds = 0, quarantined = 0): Day =>
  take(day, { stream: 'records/0', lastOffset: ++offset, rows: accepted, quarantined, manifest: null }, at(seconds))
    .day;

const manifest = (day: Day, announced: number, seconds = 0): Day =>
  take(
    day,
    { stream: 'records/1', lastOffset: ++offset, rows: 0, quarantined: 0, manifest: { rows: announced } },
    at(seconds),
  ).day;

const counted = (day: Day, distinct: number): Day =>
  count(day, { batch: 0, received: (day.batches[0]?.rows ?? 0) + (day.batches[0]?.quarantined ?? 0), distinct });

const counts = (accepted: number) => ({ received: accepted, accepted, quarantined: 0, duplicates: 0 });
const closed = (day: Day, number: number): Day =>
  finish(day, number, { counts: counts(1), complete: true, closedAt: at(0), raw: { file: number } }) as Day;

describe('taking a slice', () => {
  it('remembers the highest offset per stream', () => {
    const { day } = take(
      newDay('credit', '2026-01-05'),
      { stream: 'records/3', lastOffset: 41, rows: 2, quarantined: 1, manifest: null },
      at(0),
    );
    expect(watermarkOf(day, 'records/3')).toBe(41);
    expect(watermarkOf(day, 'records/4')).toBe(-1);
    expect(day.batches).toMatchObject([{ number: 0, state: 'collecting', rows: 2, quarantined: 1 }]);
  });

  it('opens a correction for rows that come when the day is closing or closed', () => {
    const closing = cut(rows(newDay('credit', '2026-01-05'), 5), 'schedule');
    const late = rows(closing, 1, 90);
    expect(late.batches).toMatchObject([
      { number: 0, state: 'closing', rows: 5 },
      { number: 1, state: 'collecting', rows: 1 },
    ]);
    expect(batchId(late, 1)).toBe('credit/2026-01-05~1');
    expect(rows(closed(closing, 0), 2).batches[1]).toMatchObject({ state: 'collecting', rows: 2 });
  });

  it('ignores a manifest of a closed day but moves the watermark', () => {
    const day = manifest(closed(cut(rows(newDay('credit', '2026-01-05'), 5), 'row-count'), 0), 9);
    expect(day.batches).toHaveLength(1);
    expect(day.batches[0]?.manifest).toBeNull();
    expect(watermarkOf(day, 'records/1')).toBe(offset);
  });
});

describe('closing a day by manifest', () => {
  it('waits for rows when the manifest comes first', () => {
    const day = manifest(newDay('credit', '2026-01-05'), 3);
    expect(review(day, manifestPolicy, at(1))).toEqual({ action: 'wait', until: at(60) });
    expect(review(rows(day, 2, 5), manifestPolicy, at(6))).toEqual({ action: 'wait', until: at(65) });
  });

  it('counts distinct records once enough rows have come, and cuts when they suffice', () => {
    const day = rows(manifest(newDay('credit', '2026-01-05'), 3), 2, 0, 1);
    expect(review(day, manifestPolicy, at(1))).toEqual({ action: 'count' });
    expect(review(counted(day, 3), manifestPolicy, at(1))).toEqual({ action: 'cut', by: 'manifest' });
  });

  it('does not count again before as many rows have come as were missing', () => {
    const day = counted(rows(manifest(newDay('credit', '2026-01-05'), 10), 10), 7);
    expect(review(day, manifestPolicy, at(1)).action).toBe('wait');
    expect(review(rows(day, 2), manifestPolicy, at(1)).action).toBe('wait');
    expect(review(rows(rows(day, 2), 1), manifestPolicy, at(1)).action).toBe('count');
  });

  it('cuts an announced empty day at once', () => {
    const day = manifest(newDay('credit', '2026-01-05'), 0);
    expect(review(day, manifestPolicy, at(0))).toEqual({ action: 'cut', by: 'manifest' });
  });

  it('cuts by grace, counted from the last sign of life, when announced rows never come', () => {
    const day = rows(manifest(newDay('credit', '2026-01-05'), 10, 0), 4, 30);
    expect(review(day, manifestPolicy, at(89))).toEqual({ action: 'wait', until: at(90) });
    expect(review(day, manifestPolicy, at(90))).toEqual({ action: 'cut', by: 'grace' });
    expect(isComplete(day.batches[0] as never, 4)).toBe(false);
    expect(isComplete(day.batches[0] as never, 10)).toBe(true);
  });

  it('takes the newer of two manifests', () => {
    const day = manifest(manifest(newDay('credit', '2026-01-05'), 10), 4);
    expect(day.batches[0]?.manifest?.rows).toBe(4);
  });

  it('needs a manifest where nothing else closes the day', () => {
    const day = rows(newDay('credit', '2026-01-05'), 500);
    expect(review(day, manifestPolicy, at(1e6))).toEqual({ action: 'wait', until: null });
    expect(review(manifest(day, 500), { ...manifestPolicy, manifest: false }, at(1e6)).action).toBe('wait');
  });
});

describe('closing a day otherwise', () => {
  it('closes by row count', () => {
    const policy = { ...manifestPolicy, rowCount: 100 };
    const day = rows(newDay('credit', '2026-01-05'), 100);
    expect(review(rows(newDay('credit', '2026-01-05'), 99), policy, at(1)).action).toBe('wait');
    expect(review(day, policy, at(1)).action).toBe('count');
    expect(review(counted(day, 100), policy, at(1))).toEqual({ action: 'cut', by: 'row-count' });
  });

  it('closes by schedule, whatever the manifest says', () => {
    const policy = { ...manifestPolicy, graceSeconds: 1e6, schedule: '0 2 * * *' };
    const two = new Date('2026-01-06T02:00:00Z');
    const day = manifest(rows(newDay('credit', '2026-01-05'), 3), 9);
    expect(review(day, policy, at(0))).toEqual({ action: 'wait', until: two });
    expect(review(day, policy, two)).toEqual({ action: 'cut', by: 'schedule' });
  });

  it('closes a correction when no row came for the grace time; neither manifest nor row count concerns it', () => {
    const policy = { ...manifestPolicy, rowCount: 1 };
    const day = rows(closed(cut(rows(newDay('credit', '2026-01-05'), 5), 'manifest'), 0), 1, 100);
    expect(review(day, policy, at(159))).toEqual({ action: 'wait', until: at(160) });
    expect(review(rows(day, 1, 150), policy, at(160))).toEqual({ action: 'wait', until: at(210) });
    expect(review(day, policy, at(160))).toEqual({ action: 'cut', by: 'grace' });
  });
});

describe('the end of a closing', () => {
  it('is due until it is done', () => {
    const closing = cut(rows(newDay('credit', '2026-01-05'), 5), 'row-count');
    expect(dueAt(closing, manifestPolicy, at(7))).toEqual(at(7));
    expect(dueAt(closed(closing, 0), manifestPolicy, at(7))).toBeNull();
  });

  it('happens once', () => {
    const closing = cut(rows(newDay('credit', '2026-01-05'), 5), 'row-count');
    const outcome = { counts: counts(5), complete: true, closedAt: at(9), raw: { file: 1 } };
    const day = finish(closing, 0, outcome) as Day;
    expect(day.batches[0]).toMatchObject({ state: 'closed', closedBy: 'row-count', outcome });
    expect(finish(day, 0, outcome)).toBeNull();
  });

  it('discards a correction that held only duplicates', () => {
    const day = cut(rows(closed(cut(rows(newDay('credit', '2026-01-05'), 5), 'manifest'), 0), 1), 'grace');
    const none = { received: 1, accepted: 0, quarantined: 0, duplicates: 1 };
    expect(isWorthless(day.batches[1] as never, none)).toBe(true);
    expect(isWorthless(day.batches[0] as never, none)).toBe(false);
    const ended = finish(day, 1, { counts: none, complete: true, closedAt: at(9), raw: null }) as Day;
    expect(ended.batches[1]?.state).toBe('discarded');
  });
});
