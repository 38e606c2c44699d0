import type { DeliveryResult } from '../domain/delivery.policy';
import type { Incident } from '../domain/incident';
import type { Action, ChannelAbilities, Notification } from '../domain/notification';

/** Where notifications go. `send` does not throw for what the sink answers. */
export interface Channel {
  readonly name: string;
  readonly actions: readonly Action[];
  send(incident: Incident, notification: Notification, signal: AbortSignal): Promise<DeliveryResult>;
  close?(): void;
}

/** The configured channels by name. */
export class Channels implements ChannelAbilities {
  private readonly byName: ReadonlyMap<string, Channel>;

  constructor(channels: readonly Channel[]) {
    this.byName = new Map(channels.map((channel) => [channel.name, channel]));
  }

  abilities(name: string): readonly Action[] | undefined {
    return this.byName.get(name)?.actions;
  }

  all(): Channel[] {
    return [...this.byName.values()];
  }
}
