import { alertRaisedV1, alertResolvedV1, notificationSentV1 } from '@perennial/contracts';
import type { ObservedEvent, Page } from '../history/history';
import type { InstallationRecorder } from './installation.recorder';

interface OpenAlert {
  readonly alertId: string;
  readonly dedupKey: string;
  readonly occurrences: { key: string }[];
  readonly correlationId: string;
}

const kind = 'MODEL_PERFORMANCE_FAILURE';

/** Raises, extends and resolves the alerts of one pipeline, and pages. */
export class AlertDesk {
  private open: OpenAlert | null = null;

  constructor(
    private readonly recorder: InstallationRecorder,
    private readonly pipeline: string,
    private readonly pages: Page[],
  ) {}

  failed(exhausted: ObservedEvent): void {
    const { cycleId, day } = exhausted.data as { cycleId: string; day: string };
    if (this.open) {
      this.open.occurrences.push({ key: cycleId });
      return this.keep(this.open, 'open');
    }
    const { correlationId } = exhausted;
    const alertId = `${this.pipeline}.${day}`;
    this.open = { alertId, dedupKey: cycleId, occurrences: [{ key: cycleId }], correlationId };
    const identity = { alertId, pipeline: this.pipeline, dedupKey: cycleId };
    const by = { service: 'alerting', cause: exhausted, correlationId };
    this.recorder.emit(alertRaisedV1, { ...identity, kind, severity: 'critical', summary: '', details: {} }, by);
    this.keep(this.open, 'open');
    this.tell('trigger');
  }

  recovered(ending: ObservedEvent): void {
    if (!this.open) return;
    const { alertId, dedupKey } = this.open;
    const { cycleId } = ending.data as { cycleId: string };
    const data = { alertId, dedupKey, pipeline: this.pipeline, resolvedBy: cycleId, summary: '' };
    const { correlationId } = ending;
    this.recorder.emit(alertResolvedV1, data, { service: 'alerting', cause: ending, correlationId });
    this.keep(this.open, 'resolved');
    this.tell('resolve');
    this.open = null;
  }

  private tell(action: 'trigger' | 'resolve'): void {
    const { alertId, dedupKey, correlationId } = this.open!;
    const notificationId = `${alertId}.pagerduty.${action}`;
    const data = { alertId, dedupKey, pipeline: this.pipeline, notificationId, channel: 'pagerduty', action, tries: 1 };
    this.recorder.emit(notificationSentV1, data, { service: 'alerting', cause: null, correlationId });
    this.recorder.store('notifications', notificationId, {
      alertId,
      channel: 'pagerduty',
      action,
      state: 'sent',
      tries: 1,
    });
    this.pages.push({ event_action: action, dedup_key: dedupKey });
  }

  private keep({ alertId, dedupKey, occurrences }: OpenAlert, state: string): void {
    const content = { pipeline: this.pipeline, kind, dedupKey, state, occurrences: [...occurrences] };
    this.recorder.store('alerts', alertId, content);
  }
}
