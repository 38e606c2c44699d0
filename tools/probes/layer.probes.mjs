// A small workspace without violations, and one planted violation per layer rule. Each probe has a service of its own,
// `services/<probe>`, unless it names its files.

const imports = (path) => `import * as probe from '${path}';\nexport { probe };\n`;
const value = 'export const value = 1;\n';

/** Obeys every rule: the check fails when any of it is reported. */
export const soundWorkspace = {
  'contracts/src/index.ts': "export * from './topics';\n",
  'contracts/src/topics.ts': value,
  'libs/columns/src/index.ts': value,
  'libs/object-store/src/index.ts': value,
  'libs/messaging/src/index.ts': value,
  'libs/messaging/src/testing/index.ts': value,
  'libs/service/src/index.ts': value,
  'services/sound/src/index.ts': "export * from './sound.module';\n",
  'services/sound/src/main.ts': imports('./sound.module'),
  'services/sound/src/sound.module.ts': ['infrastructure/thing.store', 'interface/thing.consumer']
    .map((path) => `export * from './${path}';\n`)
    .join(''),
  'services/sound/src/domain/thing.ts': "export * from '@perennial/columns';\nexport type Thing = string;\n",
  'services/sound/src/application/take-thing.ts':
    "export * from '../domain/thing';\nexport * from '@perennial/messaging';\n",
  'services/sound/src/infrastructure/thing.store.ts': [
    "import mongoose from 'mongoose';",
    "import type { Thing } from '../domain/thing';",
    "import { value } from '@perennial/object-store';",
    'export const store = (thing: Thing) => [thing, value, mongoose];\n',
  ].join('\n'),
  'services/sound/src/interface/thing.consumer.ts': [
    "import { Injectable } from '@nestjs/common';",
    "import type { Thing } from '../domain/thing';",
    "import { value } from '../application/take-thing';",
    'export const consume = (thing: Thing) => [thing, value, Injectable];\n',
  ].join('\n'),
  'services/sound/src/domain/thing.spec.ts': imports('@perennial/messaging/testing'),
};

const service = (name) => `services/${name}/src`;

/** A file of one layer that imports something; the other files make the import resolve. */
const layer = (rule, name, from, target, others = {}) => ({
  rule,
  from: `${service(name)}/${from}`,
  files: {
    [`${service(name)}/${from}`]: imports(target),
    ...Object.fromEntries(Object.entries(others).map(([path, text]) => [`${service(name)}/${path}`, text])),
  },
});

const domain = (name, target, others) => layer('domain-stays-pure', name, 'domain/probe.ts', target, others);
const store = { 'infrastructure/store.ts': value };

export const layerProbes = [
  domain('domain-nest', '@nestjs/common'),
  domain('domain-mongoose', 'mongoose'),
  domain('domain-kafkajs', 'kafkajs'),
  domain('domain-fs', 'node:fs'),
  domain('domain-http', 'node:http'),
  domain('domain-child-process', 'node:child_process'),
  domain('domain-adapter', '@perennial/object-store'),
  domain('domain-nest-library', '@perennial/service'),
  domain('domain-application', '../application/use', { 'application/use.ts': value }),
  domain('domain-infrastructure', '../infrastructure/store', store),
  domain('domain-config', '../probe.config', { 'probe.config.ts': value }),
  domain('domain-other-service', '../../../sound/src/domain/thing'),
  layer('application-knows-ports-only', 'app-store', 'application/probe.ts', '../infrastructure/store', store),
  layer('application-knows-ports-only', 'app-interface', 'application/probe.ts', '../interface/in', {
    'interface/in.ts': value,
  }),
  layer('application-knows-ports-only', 'app-adapter', 'application/probe.ts', '@perennial/object-store'),
  layer('application-knows-ports-only', 'app-mongoose', 'application/probe.ts', 'mongoose'),
  layer('application-does-no-io', 'app-fs', 'application/probe.ts', 'node:fs'),
  layer('infrastructure-ignores-interface', 'infra-interface', 'infrastructure/probe.ts', '../interface/in', {
    'interface/in.ts': value,
  }),
  layer('interface-calls-application', 'interface-store', 'interface/probe.ts', '../infrastructure/store', store),
  layer('interface-calls-application', 'interface-mongoose', 'interface/probe.ts', 'mongoose'),
  layer('interface-takes-domain-types-only', 'interface-domain', 'interface/probe.ts', '../domain/thing', {
    'domain/thing.ts': value,
  }),
  layer('layers-ignore-wiring', 'layer-module', 'application/probe.ts', '../probe.module', {
    'probe.module.ts': value,
  }),
  layer('nothing-imports-main', 'main-imported', 'index.ts', './main', { 'main.ts': value }),
  layer('no-unresolved', 'unresolved', 'index.ts', './nowhere'),
  layer('no-tests-in-production', 'test-imported', 'index.ts', '@perennial/messaging/testing'),
  layer('dependencies-are-declared', 'undeclared', 'index.ts', 'fast-check'),
  layer('no-cycles', 'cycle', 'application/a.ts', './b', { 'application/b.ts': imports('./a') }),
  { rule: 'no-orphans', from: `${service('orphan')}/lonely.ts`, files: { [`${service('orphan')}/lonely.ts`]: value } },
  {
    rule: 'no-dead-modules',
    to: `${service('dead')}/domain/dead.ts`,
    files: {
      [`${service('dead')}/index.ts`]: value,
      [`${service('dead')}/domain/dead.ts`]: value,
      [`${service('dead')}/domain/dead.spec.ts`]: imports('./dead'),
    },
  },
  ...[
    ['pure-libraries-do-no-io', 'libs/columns/src/driver.ts', 'kafkajs'],
    ['pure-libraries-use-computing-built-ins', 'libs/columns/src/files.ts', 'node:fs'],
    ['pure-libraries-use-computing-built-ins', 'contracts/src/socket.ts', 'node:net'],
    ['adapters-ignore-nest', 'libs/object-store/src/nest.ts', '@nestjs/common'],
  ].map(([rule, from, target]) => ({ rule, from, files: { [from]: imports(target) } })),
  {
    rule: 'sources-not-builds',
    from: 'libs/columns/src/built.ts',
    files: { 'libs/columns/src/built.ts': imports('../dist/index'), 'libs/columns/dist/index.ts': value },
  },
  {
    rule: 'publishing-stays-out-of-the-runtime',
    from: 'contracts/src/runtime.ts',
    files: {
      'contracts/src/runtime.ts': imports('./publishing/check'),
      'contracts/src/publishing/check.ts': value,
    },
  },
];
