import type {
  DataOf,
  attemptsExhaustedV1,
  cycleSkippedV1,
  modelKeptV1,
  modelPromotedV1,
  rolloutCompletedV1,
  rolloutFailedV1,
} from '@perennial/contracts';
import type { OutgoingEvent } from '@perennial/messaging';
import {
  cycleRecovered,
  dataQualityFailed,
  dataRecovered,
  exhausted,
  rolloutFailed,
  rolloutRecovered,
} from '../domain/failures';
import type { RecordIncidents, Signal } from './record.incidents';

type Outgoing = Promise<OutgoingEvent[]>;

/** What each event of the platform says about the health of its pipeline. */
export class WatchPipelines {
  constructor(private readonly incidents: RecordIncidents) {}

  /** The model failed, but its data had passed the checks. */
  async attemptsExhausted(signal: Signal<DataOf<typeof attemptsExhaustedV1>>): Outgoing {
    const recovered = await this.incidents.recoveries(signal, (data, at) => [dataRecovered(data, at)]);
    return [...recovered, ...(await this.incidents.failure(signal, exhausted))];
  }

  cycleEndedWell(signal: Signal<DataOf<typeof modelKeptV1> | DataOf<typeof modelPromotedV1>>): Outgoing {
    return this.incidents.recoveries(signal, cycleRecovered);
  }

  /** Too few labelled rows is no failure and no recovery. */
  async cycleSkipped(signal: Signal<DataOf<typeof cycleSkippedV1>>): Outgoing {
    if (signal.event.data.reason !== 'data-quality') return [];
    return this.incidents.failure(signal, dataQualityFailed);
  }

  rolloutFailed(signal: Signal<DataOf<typeof rolloutFailedV1>>): Outgoing {
    return this.incidents.failure(signal, rolloutFailed);
  }

  rolloutCompleted(signal: Signal<DataOf<typeof rolloutCompletedV1>>): Outgoing {
    return this.incidents.recoveries(signal, rolloutRecovered);
  }
}
