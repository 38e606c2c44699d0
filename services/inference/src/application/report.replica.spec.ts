import { type OutgoingRecord, silentLogger } from '@perennial/messaging';
import { deployable } from '../testing/artifact.examples';
import { FakeModel, slotWith } from '../testing/fake.model';
import { ModelSlots } from './model.slots';
import { ReportReplica } from './report.replica';

function setup() {
  const slots = new ModelSlots(['credit', 'churn'].map((pipeline) => slotWith(async () => new FakeModel(), pipeline)));
  const broker = { away: false, sent: [] as OutgoingRecord[] };
  const publisher = {
    publish: async (records: readonly OutgoingRecord[]) => {
      if (broker.away) throw new Error('away');
      broker.sent.push(...records);
    },
  };
  const stamp = { source: 's', clock: { now: () => new Date(0) }, newId: () => 'id' };
  const report = new ReportReplica(publisher, stamp, silentLogger, { replicaId: 'r-1', heartbeatSeconds: 5 });
  const states = () =>
    broker.sent.map(({ key, value }) => {
      const { state, version } = JSON.parse(String(value)) as { state: string; version: string | null };
      return `${String(key)} ${state} ${version}`;
    });
  return { slots, broker, report, states };
}

describe('reports of a replica', () => {
  it('name every pipeline at the start, each change, and the end', async () => {
    const { slots, report, states } = setup();
    report.start(slots);
    const slot = slots.choose('credit');
    slot.offer(deployable(1, Uint8Array.of(1)));
    await slot.settled();
    await report.changed(slot);
    await report.stop(slots);
    await report.changed(slot);
    expect(states()).toEqual([
      ...['r-1/credit starting null', 'r-1/churn starting null', 'r-1/credit serving v1'],
      ...['r-1/credit stopped null', 'r-1/churn stopped null'],
    ]);
  });

  it('do not throw while the broker is away', async () => {
    const { slots, broker, report, states } = setup();
    broker.away = true;
    await report.changed(slots.choose('credit'));
    broker.away = false;
    await report.stop(slots);
    expect(states()).toHaveLength(2);
  });
});
