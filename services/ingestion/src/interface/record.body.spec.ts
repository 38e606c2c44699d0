import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { recordsOfBody } from './record.body';

it.each([
  ['application/x-ndjson', '{"id":1}\n'],
  ['text/csv', 'id\n1\n'],
])('lets go of a body of %s when its reader stops, so that the rest can be read and dropped', async (type, text) => {
  const body = Readable.from(
    (async function* () {
      for (;;) yield Buffer.from(text);
    })(),
  );
  for await (const { record } of recordsOfBody(type, body).records) {
    expect(record).toEqual({ id: type === 'text/csv' ? '1' : 1 });
    break;
  }
  await setImmediate();
  expect(body.destroyed).toBe(false);
});
