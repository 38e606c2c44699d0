import type { PackedBatch } from './packed.model';
import { RecoveringSession, type Session } from './session.recovery';
import { NotBegunError } from './worker.session';

const batch: PackedBatch = { rows: 1, numbers: Float32Array.of(7), codes: new Int32Array(0), texts: [] };

/** Sessions by script: each run works, crashes, or is behind one that crashes. */
function scripted(...sessions: ('works' | 'crashes' | 'never')[][]) {
  const opened: number[] = [];
  const open = async (onCrash: () => void): Promise<Session> => {
    const runs = [...(sessions[opened.length] ?? [])];
    opened.push(opened.length);
    return {
      close: async () => undefined,
      poll: () => undefined,
      run: async ({ numbers }) => {
        const outcome = runs.shift();
        if (outcome === 'works') return numbers;
        if (outcome === 'never') throw new NotBegunError();
        onCrash();
        throw new Error('crashed');
      },
    };
  };
  return { open, opened };
}

it('opens again after a crash', async () => {
  const { open, opened } = scripted(['works', 'crashes'], ['works']);
  const session = await RecoveringSession.open(open);
  await session.run(batch);
  await expect(session.run(batch)).rejects.toThrow('crashed');
  expect(await session.run(batch)).toEqual(Float32Array.of(7));
  expect(opened.length).toBe(2);
});

it('runs again what a crashed session had not come to', async () => {
  const { open, opened } = scripted(['crashes', 'never'], ['works']);
  const session = await RecoveringSession.open(open);
  const [crashed, behind] = [session.run(batch), session.run(batch)];
  await expect(crashed).rejects.toThrow('crashed');
  expect(await behind).toEqual(Float32Array.of(7));
  expect(opened.length).toBe(2);
});

it('gives up after a second crash in a row', async () => {
  const { open, opened } = scripted(['crashes'], ['crashes'], ['works']);
  const session = await RecoveringSession.open(open);
  await expect(session.run(batch)).rejects.toThrow('crashed');
  await expect(session.run(batch)).rejects.toThrow('crashed');
  await expect(session.run(batch)).rejects.toMatchObject({ code: 'MODEL_UNLOADABLE', retryable: false });
  expect(opened.length).toBe(2);
  await session.close();
});

it('counts crashes anew after a run that worked', async () => {
  const { open } = scripted(['crashes'], ['works', 'crashes'], ['works']);
  const session = await RecoveringSession.open(open);
  await expect(session.run(batch)).rejects.toThrow('crashed');
  await session.run(batch);
  await expect(session.run(batch)).rejects.toThrow('crashed');
  expect(await session.run(batch)).toEqual(Float32Array.of(7));
});
