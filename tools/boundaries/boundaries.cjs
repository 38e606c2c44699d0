// Which package may depend on which, by the nx tags `type:` and `scope:` of its package.json.
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');

const root = resolve(__dirname, '../..');

const allowedTypes = {
  'type:contract': ['type:contract'],
  'type:pure': ['type:pure', 'type:contract'],
  'type:adapter': ['type:adapter', 'type:pure', 'type:contract'],
  'type:nest': ['type:nest', 'type:adapter', 'type:pure', 'type:contract'],
  'type:service': ['type:nest', 'type:adapter', 'type:pure', 'type:contract'],
  'type:tool': ['*'],
};

const scopes = (...names) => names.map((name) => `scope:${name}`);
const everyService = scopes('contracts', 'messaging', 'platform', 'data', 'compute');

const allowedScopes = {
  'scope:contracts': scopes('contracts'),
  'scope:compute': scopes('compute'),
  'scope:messaging': scopes('messaging', 'contracts'),
  'scope:platform': scopes('platform', 'messaging', 'data', 'contracts'),
  'scope:data': scopes('data', 'contracts'),
  'scope:evaluation': scopes('evaluation', 'data', 'contracts'),
  'scope:training': scopes('training', 'evaluation', 'data', 'compute', 'contracts'),
  'scope:serving': scopes('serving', 'data', 'compute', 'contracts'),
  'scope:ingestion': everyService,
  'scope:preprocessing': everyService,
  'scope:feature-store': everyService,
  'scope:evaluator': [...everyService, ...scopes('evaluation', 'serving')],
  'scope:trainer': [...everyService, ...scopes('training', 'evaluation')],
  'scope:registry': [...everyService, ...scopes('serving')],
  'scope:deployer': everyService,
  'scope:inference': [...everyService, ...scopes('serving')],
  'scope:alerting': everyService,
  'scope:tools': ['*'],
  'scope:examples': ['*'],
};

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Folders of the workspace patterns `name` and `name/*` that hold a package. */
function foldersOf(pattern) {
  const parent = dirname(pattern);
  const folders = pattern.endsWith('/*')
    ? readdirSync(join(root, parent)).map((name) => `${parent}/${name}`)
    : [pattern];
  return folders.filter((folder) => existsSync(join(root, folder, 'package.json')));
}

/** Exactly one known tag of each kind: a package without them would escape every rule. */
function tagOf(kind, known, folder, tags) {
  const found = tags.filter((tag) => tag.startsWith(`${kind}:`));
  if (found.length === 1 && known[found[0]]) return found[0];
  throw new Error(
    `${folder}/package.json: nx.tags needs one of ${Object.keys(known).join(', ')}, has ${found.join(', ') || 'none'}`,
  );
}

function describePackage(folder) {
  const { name, nx } = readJson(join(root, folder, 'package.json'));
  const tags = nx?.tags ?? [];
  return {
    folder,
    name,
    type: tagOf('type', allowedTypes, folder, tags),
    scope: tagOf('scope', allowedScopes, folder, tags),
  };
}

/** Every package of the workspace: folder, name and its two tags. Throws where a tag is missing or unknown. */
const packages = () => readJson(join(root, 'package.json')).workspaces.flatMap(foldersOf).map(describePackage);

/** Folders of the packages of the given types. */
const foldersOfType = (...types) =>
  packages()
    .filter(({ type }) => types.includes(type))
    .map(({ folder }) => folder);

module.exports = { allowedTypes, allowedScopes, packages, foldersOfType, tagOf };
