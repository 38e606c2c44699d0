import { MessagingError } from './errors';
import type { Sleep } from './ports';

export const sleep: Sleep = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(shuttingDown());
    const onAbort = () => {
      clearTimeout(timer);
      reject(shuttingDown());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', onAbort, { once: true });
  });

export const shuttingDown = () => new MessagingError('SHUTTING_DOWN', 'The work is handed back: shutting down');
