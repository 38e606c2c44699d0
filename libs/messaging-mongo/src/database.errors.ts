import { ConflictError, MessagingError } from '@perennial/messaging';

interface DriverError {
  name?: string;
  code?: unknown;
  message?: string;
  hasErrorLabel?(label: string): boolean;
}

const duplicateKey = 11000;
const unreachable =
  /^Mongo(ose)?(Network|NetworkTimeout|ServerSelection|TopologyClosed|NotConnected|PoolCleared\w*|WaitQueueTimeout)\w*Error$/;
const denied = new Set<unknown>([13, 18, 8000]);
/** Failed within, no room on its disk, not primary, shutting down, stepping down: nothing that a record is to blame for. */
const failover = new Set<unknown>([1, 14031, 91, 189, 10107, 11600, 11602, 13435, 13436]);

/** Small numbers are codes of other errors too, such as that of a child process. */
const isOfServer = (name: string): boolean => name.startsWith('Mongo');

export const isDuplicateKey = (error: unknown): boolean => (error as DriverError | null)?.code === duplicateKey;

/** Driver errors as the closed list of codes; other errors are passed on as they are. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof MessagingError || typeof error !== 'object' || error === null) return error;
  const { name = '', code, message = '', hasErrorLabel } = error as DriverError;
  if (unreachable.test(name) || (isOfServer(name) && failover.has(code))) {
    return new MessagingError('DATABASE_UNAVAILABLE', `The database cannot be reached: ${message}`, { cause: error });
  }
  if (denied.has(code)) {
    const text = `The database refused access. Check MONGO_USERNAME, MONGO_PASSWORD and MONGO_AUTH_SOURCE: ${message}`;
    return new MessagingError('DATABASE_ACCESS_DENIED', text, { cause: error });
  }
  if (hasErrorLabel?.call(error, 'TransientTransactionError')) {
    return new ConflictError(`Another transaction wrote first: ${message}`, { cause: error });
  }
  return error;
}
