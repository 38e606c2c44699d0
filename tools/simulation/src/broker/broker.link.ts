import { KafkaJSConnectionError, KafkaJSProtocolError } from 'kafkajs';
import { SimulatedFault } from '../scheduler/simulator';
import type { Scheduler } from '../scheduler/scheduler';
import type { SimulatedProcess } from '../scheduler/simulated.process';
import { GroupError } from './group.coordinator';
import type { SimulatedBroker } from './simulated.broker';

/** A process's way to the broker: requests with kafkajs's errors. */
export class BrokerLink {
  constructor(
    readonly broker: SimulatedBroker,
    readonly scheduler: Scheduler,
    readonly owner: SimulatedProcess,
  ) {}

  async request<T>(name: string, effect: (broker: SimulatedBroker) => T): Promise<T> {
    try {
      return await this.scheduler.perform(this.owner.name, { target: 'broker', name }, () => effect(this.broker));
    } catch (error) {
      throw toKafkaError(error);
    }
  }

  /** In the link's own process, wherever it is asked for. */
  later(ms: number, action: () => void) {
    return this.scheduler.after(ms, action, this.owner);
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.later(ms, resolve));
  }
}

function toKafkaError(error: unknown): unknown {
  if (error instanceof SimulatedFault) return new KafkaJSConnectionError(error.message, { broker: 'simulated' });
  if (!(error instanceof GroupError)) return error;
  const fields = { type: error.type, code: 0, message: error.type, retriable: false, name: 'KafkaJSProtocolError' };
  return Object.assign(new KafkaJSProtocolError(fields), { type: error.type });
}
