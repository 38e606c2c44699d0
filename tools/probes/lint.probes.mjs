// Virtual files with one planted violation each. `says` is part of the message, where one rule gives several.
// `allows` is the nearest code that the rule must let pass.

const boundary = '@nx/enforce-module-boundaries';
const imports = (name) => `import * as probe from '${name}';\nexport { probe };\n`;
const relative = (path) => `import * as probe from '${path}';\nexport { probe };\n`;
const environment = 'export const level = process.env.LEVEL;\n';
const names = 'export const count = 1;\n';
const lines = (count) => Array.from({ length: count }, (_, index) => `export const n${index} = ${index};\n`).join('');

const boundaries = [
  {
    name: 'a contract imports a pure library',
    says: 'type:contract',
    file: 'contracts/src/probe.ts',
    code: imports('@perennial/columns'),
    allows: imports('zod'),
  },
  {
    name: 'a pure library imports an adapter',
    says: 'type:pure',
    file: 'libs/preprocessing-steps/src/probe.ts',
    code: imports('@perennial/object-store'),
    allows: imports('@perennial/columns'),
  },
  {
    name: 'an adapter imports a Nest library',
    says: 'type:adapter',
    file: 'libs/model-runtime/src/probe.ts',
    code: imports('@perennial/service'),
    allows: imports('@perennial/contracts'),
  },
  {
    name: 'a Nest library imports a tool',
    says: 'type:nest',
    file: 'libs/service/src/probe.ts',
    code: imports('@perennial/local-stack'),
    allows: imports('@perennial/messaging-kafka'),
  },
  {
    name: 'a service imports a service',
    says: 'type:service',
    file: 'services/evaluator/src/probe.ts',
    code: imports('@perennial/trainer'),
    allows: imports('@perennial/classification-metrics'),
  },
  {
    name: 'a service imports a tool',
    says: 'type:service',
    file: 'services/evaluator/src/probe.ts',
    code: imports('@perennial/local-stack'),
    allows: imports('@perennial/service'),
  },
  {
    name: 'a service reaches into a scope that is not shared with it',
    says: 'scope:ingestion',
    file: 'services/ingestion/src/probe.ts',
    code: imports('@perennial/training'),
    allows: imports('@perennial/object-store'),
  },
  {
    name: 'a library of one scope imports a library of another',
    says: 'scope:messaging',
    file: 'libs/messaging/src/probe.ts',
    code: imports('@perennial/columns'),
    allows: imports('@perennial/contracts'),
  },
  {
    name: 'a package is imported by relative path',
    says: 'relative',
    file: 'services/evaluator/src/probe.ts',
    code: relative('../../../libs/columns/src/index'),
    allows: relative('./index'),
  },
].map((probe) => ({ rule: boundary, ...probe }));

const imported = [
  {
    name: 'a file inside a package is imported',
    file: 'services/evaluator/src/probe.ts',
    code: imports('@perennial/columns/src/table'),
    allows: imports('@perennial/columns'),
  },
  {
    name: 'built output of a package is imported',
    file: 'services/evaluator/src/probe.ts',
    code: imports('@perennial/columns/dist/table'),
    allows: imports('@perennial/messaging/testing'),
  },
  {
    name: 'env is imported from node:process',
    file: 'services/evaluator/src/probe.ts',
    code: "import { env } from 'node:process';\nexport const level = env.LEVEL;\n",
    allows: "import { argv } from 'node:process';\nexport const first = argv[0];\n",
  },
].map((probe) => ({ rule: 'no-restricted-imports', ...probe }));

const configured = [
  { name: 'a service reads the environment', file: 'services/evaluator/src/application/probe.ts' },
  { name: 'a library reads the environment', file: 'libs/object-store/src/probe.ts' },
  { name: 'an entry point reads the environment', file: 'services/evaluator/src/main.ts' },
].map((probe) => ({ rule: 'no-restricted-properties', code: environment, allows: names, ...probe }));

const printed = ['services/evaluator/src/probe.ts', 'libs/columns/src/probe.ts', 'contracts/src/probe.ts'].map(
  (file) => ({
    name: `${file.split('/')[0]} print to the console`,
    rule: 'no-console',
    file,
    code: "console.log('probe');\n",
    allows: names,
  }),
);

const pure = [
  ['the clock is read', 'export const now = () => Date.now();\n', 'export const day = (ms: number) => new Date(ms);\n'],
  ['a date is made from the clock', 'export const now = () => new Date();\n', names],
  ['the process clock is read', 'export const now = () => performance.now();\n', names],
  ['chance decides', 'export const coin = () => Math.random();\n', 'export const floor = Math.floor(1.5);\n'],
  [
    'an id is drawn',
    "import { randomUUID } from 'node:crypto';\nexport const id = () => randomUUID();\n",
    "import { createHash } from 'node:crypto';\nexport const hash = () => createHash('sha256');\n",
  ],
  ['bytes are drawn', "import crypto from 'node:crypto';\nexport const salt = () => crypto.randomBytes(8);\n", names],
].flatMap(([name, code, allows]) =>
  ['services/evaluator/src/domain/probe.ts', 'libs/columns/src/probe.ts'].map((file) => ({
    name: `${name} in ${file}`,
    rule: 'no-restricted-syntax',
    file,
    code,
    allows,
  })),
);

const shape = [
  {
    name: 'an entry point grows past 40 lines',
    rule: 'max-lines',
    file: 'services/evaluator/src/main.ts',
    code: lines(41),
    allows: lines(40),
  },
  ...['utils.ts', 'utils/probe.ts', 'helpers.ts', 'common.ts', 'manager.ts', 'util.role.ts'].map((file) => ({
    name: `a file is named ${file}`,
    rule: 'no-restricted-syntax',
    file: `libs/columns/src/${file}`,
    code: names,
  })),
];

/** Code that must pass where it stands: the exceptions of the rules above. */
export const lintPasses = [
  {
    name: 'configuration reads the environment',
    file: 'services/evaluator/src/evaluator.config.ts',
    code: environment,
  },
  { name: 'tools read the environment', file: 'tools/cli/src/probe.ts', code: environment },
  { name: 'deployment reads the environment', file: 'deploy/local/src/probe.ts', code: environment },
  { name: 'a tool imports a service', file: 'tools/cli/src/probe.ts', code: imports('@perennial/trainer') },
  { name: 'the application reads the clock', file: 'services/evaluator/src/application/probe.ts', code: pureClock() },
];

function pureClock() {
  return 'export const now = () => Date.now();\n';
}

export const lintProbes = [...boundaries, ...imported, ...configured, ...printed, ...pure, ...shape];
