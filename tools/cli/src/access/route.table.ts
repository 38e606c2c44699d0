import { type ServiceName, serviceNames } from '@perennial/contracts';
import { type HttpRoute, httpRoutesOf } from '@perennial/service';
import { table } from '../output/table';
import { loadDefinition } from '../platform/service.definitions';

export interface ServiceRoute extends HttpRoute {
  /** `every` for those that all services answer. */
  readonly service: ServiceName | 'every';
}

/** The HTTP routes of all services. */
export async function platformRoutes(): Promise<ServiceRoute[]> {
  const routes: ServiceRoute[] = [];
  for (const service of serviceNames)
    routes.push(...httpRoutesOf(await loadDefinition(service)).map((route) => ({ service, ...route })));
  const common = httpRoutesOf({ module: class {} }).map((route) => ({ service: 'every' as const, ...route }));
  const isCommon = ({ method, path }: HttpRoute) => common.some((each) => each.method === method && each.path === path);
  return [...common, ...routes.filter((route) => !isCommon(route))];
}

const scopeOf = ({ need }: ServiceRoute): string => (need === 'open' ? 'none' : (need?.scope ?? 'admin'));

/** What `SCOPE@…` must name, where a grant for one pipeline is enough. */
const partOf = ({ need }: ServiceRoute): string =>
  need === undefined || need === 'open' ? '' : (need.of ?? []).map((place) => place.replace(':', ' ')).join(', ');

/** For a person at the terminal. */
export const routeText = (routes: readonly ServiceRoute[]): string =>
  table(routes, [
    { title: 'SERVICE', value: ({ service }) => service },
    { title: 'ROUTE', value: ({ method, path }) => `${method} ${path}` },
    { title: 'SCOPE', value: scopeOf },
    { title: 'PIPELINE IN', value: partOf },
  ]);

/** The page's table, generated, so that it cannot differ from the code. */
export function routeMarkdown(routes: readonly ServiceRoute[]): string {
  const rows = routes.map((route) => [
    route.service,
    `\`${route.method} ${route.path}\``,
    `\`${scopeOf(route)}\``,
    partOf(route),
  ]);
  const head = ['service', 'route', 'scope', 'one pipeline is named in'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
