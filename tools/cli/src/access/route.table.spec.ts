import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { platformRoutes, routeMarkdown, type ServiceRoute } from './route.table';

const page = readFileSync(resolve(__dirname, '../../../../docs/security.md'), 'utf8');

/** Tables are padded on the page. */
const bare = (table: string) =>
  table
    .replace(/-+/g, '-')
    .replace(/[ \t]+/g, ' ')
    .trim();

describe('the HTTP routes of the services', () => {
  let routes: ServiceRoute[];
  beforeAll(async () => {
    routes = await platformRoutes();
  });
  const nameOf = ({ service, method, path }: ServiceRoute) => `${service} ${method} ${path}`;

  it('are each named by the table of their service: a new one is not left to `admin` by oversight', () => {
    expect(routes.length).toBeGreaterThan(30);
    expect(routes.filter(({ need }) => need === undefined).map(nameOf)).toEqual([]);
  });

  it('are open only where they tell nothing but health', () => {
    const open = routes.filter(({ need }) => need === 'open').map(nameOf);
    expect(open.filter((name) => !/ GET \/(v2\/)?health(\/|$)|GET \/openapi\.json$/.test(name))).toEqual([]);
  });

  it('ask for a scope to write wherever something is changed', () => {
    const reads = [
      '/api/v1/features/views/:name/versions/:version/read',
      '/get-online-features',
      '/v2/repository/index',
      '/api/2.0/mlflow/registered-models/get-latest-versions',
    ];
    const changing = routes.filter(({ method, path }) => method !== 'GET' && !reads.includes(path));
    const wrong = changing.filter(
      ({ need }) => typeof need === 'object' && !/:write$|^(predict|labels|admin)$/.test(need.scope),
    );
    expect(wrong.map(nameOf)).toEqual([]);
  });

  it('find the pipeline in parameters that they have', () => {
    const missing = routes.filter(({ path, need }) => {
      const named = typeof need === 'object' ? (need.of ?? []) : [];
      const inPath = named.filter((place) => place.startsWith('params:')).map((place) => place.slice('params:'.length));
      return path.includes('/:') && inPath.length > 0 && !inPath.some((name) => path.includes(`/:${name}`));
    });
    expect(missing.map(nameOf)).toEqual(['preprocessing GET /api/v1/preprocessing/metadata/:id']);
  });

  it('are those on the page (perennial privileges --format http-markdown)', () => {
    const [, shown = ''] = page.split(/<!-- \/?routes -->/);
    expect(bare(shown)).toBe(bare(routeMarkdown(routes)));
  });
});
