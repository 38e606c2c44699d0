import { leaksIn } from './canary';

const secret = 'c4nary/+secret&in one';
const canaries = [{ place: 'SETTING', secret }];

it.each([
  ['as it is', `a ${secret} b`],
  ['in a URL', `https://x/?q=${encodeURIComponent(secret)}`],
  ['in JSON', JSON.stringify({ a: secret })],
  ['in basic authentication', Buffer.from(`user:${secret}`).toString('base64')],
  ['in base64, shifted by one', Buffer.from(`u:${secret}:x`).toString('base64')],
  ['in base64, shifted by two', Buffer.from(`us:${secret}`).toString('base64')],
  ['in hexadecimal', Buffer.from(`x${secret}`).toString('hex')],
])('a secret is found %s', (_, text) => {
  expect(leaksIn(text, canaries)[0]).toMatch(/^SETTING: /);
});

it('nothing is found where nothing is', () => {
  expect(leaksIn('c4nary in one', canaries)).toEqual([]);
});
