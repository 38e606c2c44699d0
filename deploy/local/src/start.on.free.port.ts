import { StackError } from './stack.error';

const portTaken = /address already in use|bindexception|EADDRINUSE/i;

/**
 * A free port may be taken between the look and the start. Then the server ends at once and says so, and the start is
 * repeated, which looks for ports anew.
 */
export async function startOnFreePort<T>(start: () => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      const log = error instanceof StackError && error.code === 'start-failed' ? String(error.details.log) : '';
      if (attempt >= attempts || !portTaken.test(log)) throw error;
    }
  }
}
