import { followUps, newNotification, readiness, type ChannelAbilities, type Notification } from './notification';

const channels: ChannelAbilities = {
  abilities: (name) =>
    name === 'pagerduty'
      ? ['trigger', 'acknowledge', 'resolve']
      : name === 'slack'
        ? ['trigger', 'resolve']
        : undefined,
};
const trigger = (channel: string, changes: Partial<Notification> = {}): Notification => ({
  ...newNotification({ alertId: 'a', channel, action: 'trigger' }, channels, 1000),
  ...changes,
});
const resolve = newNotification({ alertId: 'a', channel: 'slack', action: 'resolve' }, channels, 1000);

it('a channel that is not configured is recorded as skipped', () => {
  expect(trigger('email')).toMatchObject({ state: 'skipped', reason: 'the channel is not configured' });
  expect(trigger('slack')).toMatchObject({ state: 'pending', notificationId: 'a.slack.trigger', nextTryAt: 1000 });
});

it('a resolve goes to every channel that was told, an acknowledgement to those that know it', () => {
  const told = [trigger('pagerduty'), trigger('slack'), trigger('email')];
  expect(followUps(told, 'resolve', channels, 1).map(({ channel }) => channel)).toEqual([
    'pagerduty',
    'slack',
    'email',
  ]);
  expect(followUps(told, 'acknowledge', channels, 1).map(({ channel }) => channel)).toEqual(['pagerduty']);
});

describe('a resolve', () => {
  it('waits until its trigger was sent', () => {
    const pending = trigger('slack');
    expect(readiness(resolve, [pending])).toEqual({ send: false, waitFor: pending });
    expect(readiness(resolve, [trigger('slack', { state: 'sent' })])).toEqual({ send: true });
  });

  it('waits for an acknowledgement too', () => {
    const acknowledge = newNotification({ alertId: 'a', channel: 'slack', action: 'acknowledge' }, channels, 1000);
    expect(readiness(resolve, [trigger('slack', { state: 'sent' }), acknowledge])).toMatchObject({ send: false });
  });

  it.each(['failed', 'skipped'] as const)('is skipped when its trigger %s', (state) => {
    expect(readiness(resolve, [trigger('slack', { state })])).toEqual({
      send: false,
      skip: 'the channel was never told of the alert',
    });
  });
});
