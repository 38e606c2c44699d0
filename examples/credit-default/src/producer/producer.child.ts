// The bank's side: a process of its own that knows Kafka's address and the platform's contracts, nothing else.
// Arguments: TABLE.csv BROKERS ROWS-PER-DAY REFERENCE-ROWS. Takes { push: day } over IPC.
import { readFileSync } from 'node:fs';
import { silentLogger } from '@perennial/messaging';
import { KafkaPublisher } from '@perennial/messaging-kafka';
import { readPipeline } from '../data/credit.pipeline';
import { parseTable } from '../data/one-hot.decode';
import { planDays } from '../days/day.plan';
import { pushDay } from './day.producer';
import type { ProducerReply, PushDay } from './producer.message';

const [table = '', brokers = '', day = '', reference = ''] = process.argv.slice(2);
const { dataset } = readPipeline();
const days = planDays(parseTable(readFileSync(table, 'utf8')), { day: Number(day), reference: Number(reference) });
const config = { brokers: brokers.split(','), clientId: 'demo-producer', replicationFactor: -1 };
const publisher = new KafkaPublisher(config, silentLogger);
const reply = (message: ProducerReply): void => void process.send?.(message);

process.on('message', ({ push }: PushDay) => {
  const wanted = days.find((each) => each.day === push);
  if (!wanted) return reply({ kind: 'failed', day: push, message: `there is no day ${push}` });
  pushDay(publisher, dataset.name, wanted).then(
    () => reply({ kind: 'pushed', day: push, records: wanted.records.length }),
    (error: unknown) => reply({ kind: 'failed', day: push, message: String(error) }),
  );
});
// Ctrl-C reaches the whole process group; the demo decides when this process ends.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
