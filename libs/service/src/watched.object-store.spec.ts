import { Readable } from 'node:stream';
import { type ObjectStore, ObjectStoreError } from '@perennial/object-store';
import { WatchedObjectStore } from './watched.object-store';

const reference = { store: 's3', bucket: 'b', fileId: 'f', digest: 'd', bytes: 1, mediaType: 'm' } as const;
const full = new ObjectStoreError('OBJECT_STORE_UNAVAILABLE', 'no room');

/** A store whose puts and gets fail with what is set. */
function storeWith() {
  const failing: { put?: Error; get?: Error } = {};
  const answer = async <T>(error: Error | undefined, value: T): Promise<T> => {
    if (error) throw error;
    return value;
  };
  const store = {
    put: () => answer(failing.put, reference),
    get: () => answer(failing.get, Buffer.from('x')),
    stream: () =>
      Readable.from(
        (async function* () {
          yield await answer(failing.get, Buffer.from('x'));
        })(),
      ),
    exists: () => answer(failing.get, true),
    delete: () => answer(failing.put, undefined),
  } as unknown as ObjectStore;
  return { failing, watched: new WatchedObjectStore(store) };
}

const put = (store: ObjectStore) => store.put('b', Buffer.from('x'), { mediaType: 'm' });

describe('an object store under watch', () => {
  it('tells of its failure until something can be written again', async () => {
    const { failing, watched } = storeWith();
    expect(() => watched.check()).not.toThrow();
    failing.put = full;
    await expect(put(watched)).rejects.toBe(full);
    expect(() => watched.check()).toThrow('no room');
    await watched.get(reference);
    await watched.exists(reference);
    expect(() => watched.check()).toThrow('no room');
    failing.put = undefined;
    await put(watched);
    expect(() => watched.check()).not.toThrow();
  });

  it('is well again for who only reads, once something was read', async () => {
    const { failing, watched } = storeWith();
    failing.get = full;
    await expect(watched.get(reference)).rejects.toBe(full);
    expect(() => watched.check()).toThrow('no room');
    failing.get = undefined;
    await watched.get(reference);
    expect(() => watched.check()).not.toThrow();
  });

  it('looks at what is read as a stream, too', async () => {
    const { failing, watched } = storeWith();
    failing.get = full;
    await expect(watched.stream(reference).toArray()).rejects.toBe(full);
    expect(() => watched.check()).toThrow('no room');
    failing.get = undefined;
    await watched.stream(reference).toArray();
    expect(() => watched.check()).not.toThrow();
  });

  it('does not take a missing file for a fault of the store', async () => {
    const { failing, watched } = storeWith();
    failing.get = new ObjectStoreError('OBJECT_NOT_FOUND', 'gone');
    await expect(watched.get(reference)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
    expect(() => watched.check()).not.toThrow();
  });
});
