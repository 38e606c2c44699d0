/**
 * kafkajs 2.2.4 re-arms a timer of 0 ms on every idle connection for ever (upstream issues 1556 and 1704), which costs
 * some percent of a core per connection. With nothing pending there is nothing to check: the next push arms it again.
 */
interface RequestQueue {
  pending: unknown[];
  scheduleCheckPendingRequests(): void;
}

let patched = false;

export function calmIdleConnections(): void {
  if (patched) return;
  patched = true;
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const original = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) original.call(this);
  };
}
