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
    expect(readiness(resolve, [pending], 500)).toEqual({ send: false, waitUntil: 1001 });
    expect(readiness(resolve, [pending], 2000)).toEqual({ send: false, waitUntil: 2001 });
    expect(readiness(resolve, [trigger('slack', { state: 'sent' })], 500)).toEqual({ send: true });
  });

  it('waits as long as a trigger without an answer may still arrive, and an acknowledgement does not', () => {
    const sent = trigger('slack', { state: 'sent', tries: 2, lateUntil: 9000 });
    const acknowledge = newNotification({ alertId: 'a', channel: 'slack', action: 'acknowledge' }, channels, 1000);
    expect(readiness(resolve, [sent], 8999)).toEqual({ send: false, waitUntil: 9001 });
    expect(readiness(resolve, [sent], 9000)).toEqual({ send: true });
    expect(readiness(acknowledge, [sent], 1000)).toEqual({ send: true });
  });

  it('waits for an acknowledgement too', () => {
    const acknowledge = newNotification({ alertId: 'a', channel: 'slack', action: 'acknowledge' }, channels, 1000);
    expect(readiness(resolve, [trigger('slack', { state: 'sent' }), acknowledge], 0)).toMatchObject({ send: false });
  });

  it.each(['failed', 'skipped'] as const)('is skipped when its trigger %s', (state) => {
    expect(readiness(resolve, [trigger('slack', { state })], 0)).toEqual({
      send: false,
      skip: 'the channel was never told of the alert',
    });
  });
});
