// Layers inside a service, purity of what must be pure, and no dead or circular modules. Packages among each other are
// the business of eslint (@nx/enforce-module-boundaries). Each rule has a probe in tools/probes.
const { foldersOfType } = require('./tools/boundaries/boundaries.cjs');

function oneOf(names) {
  if (!names.length) throw new Error('an empty list of names would match nothing and switch a rule off');
  return `(?:${names.join('|')})`;
}

const sources = (...types) => `^${oneOf(foldersOfType(...types.map((type) => `type:${type}`)))}/src/`;

const TEST = '\\.(int-)?spec\\.ts$|/testing/[^/]+$';
const SERVICE = '^services/([^/]+)/src/';
// Entry points: a package's face, processes, worker threads and command line programs.
const ENTRY =
  '^(contracts|(libs|services|tools|examples)/[^/]+|deploy/local)/src/(testing/)?(index|main|.*/main|.*\\.(main|worker|child|preload))\\.ts$';
const npm = (...names) => `(^|/)node_modules/${oneOf(names)}/`;
const adapters = sources('adapter');
const nest = sources('nest');
// Built-ins that compute and touch nothing outside the process. Randomness of `crypto` is a matter of eslint.
const COMPUTING =
  '^(node:)?(assert|buffer|crypto|events|path|stream|stream/promises|string_decoder|url|util|async_hooks|timers/promises)$';
const STORES = ['mongoose', 'mongodb', 'kafkajs', '@duckdb/[^/]+', 'onnxruntime-node', '@aws-sdk/[^/]+', 'nodemailer'];
const SERVERS = ['fastify', '@fastify/[^/]+', '@grpc/[^/]+'];
const DRIVERS = npm(...STORES, ...SERVERS);
// Libraries that only compute.
const COMPUTING_LIBRARIES = npm('zod', 'pure-rand', 'croner');

const layers = [
  {
    name: 'domain-stays-pure',
    comment: 'The domain imports the domain and pure libraries: no framework, driver or built-in that does I/O.',
    from: { path: `${SERVICE}domain/`, pathNot: TEST },
    to: {
      pathNot: [
        `^services/$1/src/domain/`,
        sources('pure', 'contract'),
        COMPUTING_LIBRARIES,
        '^(node:)?(util|assert|crypto)$',
      ],
    },
  },
  {
    name: 'application-knows-ports-only',
    comment: 'The application imports the domain and its own ports: no infrastructure, interface, adapter or driver.',
    from: { path: `${SERVICE}application/`, pathNot: TEST },
    to: { path: ['^services/[^/]+/src/(infrastructure|interface)/', adapters, DRIVERS] },
  },
  {
    name: 'application-does-no-io',
    from: { path: `${SERVICE}application/`, pathNot: TEST },
    to: { dependencyTypes: ['core'], pathNot: COMPUTING },
  },
  {
    name: 'infrastructure-ignores-interface',
    from: { path: `${SERVICE}infrastructure/`, pathNot: TEST },
    to: { path: '^services/[^/]+/src/interface/' },
  },
  {
    name: 'interface-calls-application',
    comment:
      'A consumer or controller turns a message into a command: no infrastructure, and of the domain only types.',
    from: { path: `${SERVICE}interface/`, pathNot: TEST },
    to: { path: ['^services/[^/]+/src/infrastructure/', npm(...STORES)] },
  },
  {
    name: 'interface-takes-domain-types-only',
    from: { path: `${SERVICE}interface/`, pathNot: TEST },
    to: { path: '^services/[^/]+/src/domain/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'layers-ignore-wiring',
    comment: 'Modules wire the layers; nothing in a layer imports a module.',
    from: { path: `${SERVICE}(domain|application|infrastructure|interface)/`, pathNot: TEST },
    to: { path: '^services/[^/]+/src/[^/]+\\.module\\.ts$' },
  },
];

const workspace = [
  {
    name: 'nothing-imports-main',
    from: {},
    to: { path: '(^|/)src/main\\.ts$' },
  },
  {
    name: 'pure-libraries-do-no-io',
    comment: 'A pure library computes: no driver, framework or built-in that does I/O.',
    from: { path: sources('pure', 'contract'), pathNot: `${TEST}|^(contracts|libs/pipeline)/src/publishing/` },
    to: { path: [DRIVERS, npm('@nestjs/[^/]+')] },
  },
  {
    name: 'pure-libraries-use-computing-built-ins',
    from: { path: sources('pure', 'contract'), pathNot: `${TEST}|^(contracts|libs/pipeline)/src/publishing/` },
    to: { dependencyTypes: ['core'], pathNot: COMPUTING },
  },
  {
    name: 'adapters-ignore-nest',
    from: { path: adapters, pathNot: TEST },
    to: { path: [npm('@nestjs/[^/]+'), nest] },
  },
  {
    name: 'publishing-stays-out-of-the-runtime',
    comment: 'What derives the published contracts is no part of a service.',
    from: { pathNot: '^(contracts|libs/pipeline)/src/publishing/' },
    to: { path: '^(contracts|libs/pipeline)/src/publishing/' },
  },
  {
    name: 'no-tests-in-production',
    from: { pathNot: TEST },
    to: { path: TEST },
  },
  {
    name: 'no-cycles',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A file that nothing imports and that imports nothing.',
    from: { orphan: true, path: '/src/', pathNot: `${TEST}|${ENTRY}|\\.d\\.ts$` },
    to: {},
  },
  {
    name: 'no-dead-modules',
    comment:
      'Every module is reached from an entry point; what only tests reach belongs into testing/. tools/security is tests.',
    from: { path: ENTRY },
    to: {
      path: '/src/.*\\.ts$',
      pathNot: `${TEST}|\\.d\\.ts$|${ENTRY}|^tools/security/`,
      reachable: false,
    },
  },
  {
    name: 'no-unresolved',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'sources-not-builds',
    comment:
      'An import that resolves to built output escapes every other rule: name its source in tsconfig.sources.json.',
    from: {},
    to: { path: '^(contracts|(libs|services|tools|examples)/[^/]+|deploy/local)/dist/' },
  },
  {
    name: 'dependencies-are-declared',
    comment: 'What runs in production stands in the package’s own dependencies.',
    from: { path: '/src/', pathNot: TEST },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...layers, ...workspace].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.sources.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
