import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { controllersOf } from '../privileges/handled.topics';
import { HealthController } from '../http/health.controller';
import { AccessController } from './access.controller';
import { type AccessTable, covers, declaredNeed, entriesOf, platformAccess, type RouteNeed } from './access.table';

export interface HttpRoute {
  readonly method: string;
  readonly path: string;
  /** Undefined where no table names it: then it needs `admin`. */
  readonly need: RouteNeed | undefined;
}

const pathsOf = (target: object): string[] => [Reflect.getMetadata(PATH_METADATA, target) ?? []].flat() as string[];
const joined = (...parts: readonly string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;

interface Declared {
  module: object;
  access?: AccessTable;
}

/**
 * The HTTP routes of a service, and what they ask of those who call them. Routes that stand beside the controllers are
 * known by the beginnings of their paths in the table alone.
 */
export function httpRoutesOf({ module, access = {} }: Declared): HttpRoute[] {
  const table = { ...platformAccess('scoped'), ...access };
  const routes = controllerRoutes(module, table);
  const beside = entriesOf(access).filter(
    (entry) => !routes.some(({ method, path }) => method === entry.method && covers(entry.path, path)),
  );
  return [...routes, ...beside];
}

const controllerRoutes = (module: object, table: AccessTable): HttpRoute[] =>
  [...controllersOf(module), HealthController, AccessController].flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
      const handler = Object.getOwnPropertyDescriptor(controller.prototype, name)?.value as object;
      const verb = typeof handler === 'function' ? Reflect.getMetadata(METHOD_METADATA, handler) : undefined;
      if (verb === undefined) return [];
      const method = RequestMethod[verb as RequestMethod];
      return pathsOf(controller).flatMap((prefix) =>
        pathsOf(handler).map((path) => {
          const route = joined(prefix, path);
          return { method, path: route, need: declaredNeed(table, method, route) };
        }),
      );
    }),
  );
