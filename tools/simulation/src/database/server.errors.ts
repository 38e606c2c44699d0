/** A failure that the server answers with; codes and names are MongoDB's. */
export class ServerFailure extends Error {
  constructor(
    readonly code: number,
    readonly codeName: string,
    message: string,
    readonly details: { labels?: string[]; keyPattern?: object; keyValue?: object } = {},
  ) {
    super(message);
  }

  reply(): object {
    const { labels, keyPattern, keyValue } = this.details;
    const labelled = labels ? { errorLabels: labels } : {};
    const key = keyPattern ? { keyPattern, keyValue } : {};
    return { ok: 0, errmsg: this.message, code: this.code, codeName: this.codeName, ...labelled, ...key };
  }
}

const transient = { labels: ['TransientTransactionError'] };

export const writeConflict = () => new ServerFailure(112, 'WriteConflict', 'WriteConflict error', transient);

export const noSuchTransaction = (number: number, why: string) =>
  new ServerFailure(251, 'NoSuchTransaction', `Transaction with { txnNumber: ${number} } ${why}.`, transient);

export const transactionTooOld = (number: number) =>
  new ServerFailure(225, 'TransactionTooOld', `txnNumber ${number} is older than the session's`);

export function duplicateKey(namespace: string, index: string, keyPattern: object, keyValue: object): ServerFailure {
  const message = `E11000 duplicate key error collection: ${namespace} index: ${index} dup key: ${JSON.stringify(keyValue)}`;
  return new ServerFailure(11000, 'DuplicateKey', message, { keyPattern, keyValue });
}

export const unsupported = (what: string) => new ServerFailure(59, 'CommandNotFound', `not simulated: ${what}`);

/** A write outside a transaction met a lock: it waits, as on the server, and is tried again. */
export class Blocked extends Error {}

/** A command outside a transaction lets others go between two of its parts: it goes on in its next step. */
export class Paused extends Error {}
