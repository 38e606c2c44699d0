import { SerialQueue } from './serial.queue';

it('runs one task at a time, in the order given, and goes on after one that fails', async () => {
  const queue = new SerialQueue();
  const story: string[] = [];
  const task = (name: string, fails: boolean) => async () => {
    story.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    story.push(`${name} ends`);
    if (fails) throw new Error(name);
    return name;
  };
  const results = await Promise.allSettled(
    [task('a', false), task('b', true), task('c', false)].map((t) => queue.run(t)),
  );
  expect(story).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results).toMatchObject([{ value: 'a' }, { reason: new Error('b') }, { value: 'c' }]);
});
