export type OnlineValue = string | number | boolean | null;

/** The values of an entity as one batch had them. */
export interface OnlineRow {
  /** Of the view. */
  readonly version: number;
  /** yyyy-MM-dd. */
  readonly day: string;
  /** Of the batch, in milliseconds since 1970. */
  readonly addedAt: number;
  /** In the order of the view version's columns. */
  readonly values: readonly OnlineValue[];
}

/** The later day, and of one day the batch that was added last: whatever is taken first, the same row remains. */
export const replaces = (next: OnlineRow, before: OnlineRow): boolean =>
  next.day === before.day ? next.addedAt >= before.addedAt : next.day > before.day;
