type Method = (this: unknown, ...args: never[]) => unknown;

export interface Around {
  before?(args: readonly unknown[], self: unknown): void;
  /** Once the result is there; not after a failure. */
  after?(result: unknown, args: readonly unknown[], self: unknown): void;
}

/** Puts something around an asynchronous method. @throws TypeError where there is none: it was renamed */
export function wrap(owner: object, method: string, { before, after }: Around): void {
  const methods = owner as Record<string, unknown>;
  const original = methods[method];
  if (typeof original !== 'function') throw new TypeError(`no method ${method} to put a failpoint around`);
  methods[method] = async function (this: unknown, ...args: never[]): Promise<unknown> {
    before?.(args, this);
    const result = await (original as Method).apply(this, args);
    after?.(result, args, this);
    return result;
  };
}
