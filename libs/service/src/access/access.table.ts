import type { Scope } from '@perennial/access';

/** Where a request names the pipeline (or dataset) that it is about. */
export type PipelinePlace = `${'params' | 'query' | 'body'}:${string}`;

/**
 * What a route asks for. `open`: nothing. `of`: where the pipeline is named, in the order in which the handler looks;
 * without it, a grant for one pipeline is not enough.
 */
export type RouteNeed = 'open' | { readonly scope: Scope; readonly of?: readonly PipelinePlace[] };

/** By `METHOD /path`, a route's path or the beginning of it; the longest counts. Routes that are not here need `admin`. */
export type AccessTable = Readonly<Record<string, RouteNeed>>;

/** Whether a path is the prefix, or lies below it. */
export const covers = (prefix: string, path: string): boolean =>
  path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);

export const entriesOf = (table: AccessTable) =>
  Object.entries(table).map(([route, need]) => {
    const [method = '', path = ''] = route.split(' ');
    return { method, path, need };
  });

/** What the table says of a route; path: as it was registered, with its `:parameters`. */
export function declaredNeed(table: AccessTable, method: string, path: string): RouteNeed | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  const entries = entriesOf(table)
    .filter((entry) => entry.method === asked && covers(entry.path, path))
    .sort((a, b) => b.path.length - a.path.length);
  return entries[0]?.need;
}

/** The same; `admin` where it says nothing. */
export const needOf = (table: AccessTable, method: string, path: string): RouteNeed =>
  declaredNeed(table, method, path) ?? { scope: 'admin' };

/** What every service answers. */
export const platformAccess = (metrics: 'open' | 'scoped'): AccessTable => ({
  'GET /health': 'open',
  'GET /metrics': metrics === 'open' ? 'open' : { scope: 'metrics' },
  'GET /api/v1/access': { scope: 'admin' },
});
