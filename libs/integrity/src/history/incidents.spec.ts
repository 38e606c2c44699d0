import { incidentsOf } from './incidents';

const trigger = { event_action: 'trigger', dedup_key: 'a' } as const;
const resolve = { event_action: 'resolve', dedup_key: 'a' } as const;

describe('incidents out of page requests', () => {
  it('ring once for a repeated trigger', () => {
    expect(incidentsOf([trigger, trigger, resolve, resolve])).toEqual([{ dedupKey: 'a', pages: 1, resolved: true }]);
  });

  it('ring again for a trigger after the resolution', () => {
    expect(incidentsOf([trigger, resolve, trigger])).toEqual([{ dedupKey: 'a', pages: 2, resolved: false }]);
  });

  it('are apart by their key', () => {
    expect(incidentsOf([trigger, { ...trigger, dedup_key: 'b' }, resolve])).toEqual([
      { dedupKey: 'a', pages: 1, resolved: true },
      { dedupKey: 'b', pages: 1, resolved: false },
    ]);
  });
});
