import { createRequire } from 'node:module';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const require = createRequire(import.meta.url);
const { allowedTypes, allowedScopes, foldersOfType } = require('./tools/boundaries/boundaries.cjs');

const depConstraints = [...Object.entries(allowedTypes), ...Object.entries(allowedScopes)].map(
  ([sourceTag, targets]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: targets,
  }),
);

const tests = ['**/*.spec.ts', '**/*.int-spec.ts', '**/testing/**'];
const configuration = ['**/*.config.ts', 'deploy/**', 'tools/**'];

const fromEnvironment = 'Read configuration in a *.config.ts; pass values on.';
const fromOutside = 'Time, ids and randomness are inputs to pure code.';

const deepImport = {
  regex: '^@perennial/[^/]+/(?!testing$)',
  message: 'A package is its index (or its testing index): no deep imports.',
};

const impure = [
  ['NewExpression[callee.name="Date"][arguments.length=0]', 'new Date()'],
  ['CallExpression[callee.object.name="Date"][callee.property.name="now"]', 'Date.now()'],
  ['CallExpression[callee.object.name="performance"][callee.property.name="now"]', 'performance.now()'],
  ['CallExpression[callee.object.name="Math"][callee.property.name="random"]', 'Math.random()'],
  ['CallExpression[callee.name="randomUUID"]', 'randomUUID()'],
  ['CallExpression[callee.property.name=/^(randomUUID|randomBytes|randomInt|getRandomValues)$/]', 'random bytes'],
].map(([selector, what]) => ({ selector, message: `${what}: ${fromOutside}` }));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.perennial/**', '**/.nx/**', '**/coverage/**', '**/.venv/**'] },
  ...tseslint.configs.recommended,
  {
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allowCircularSelfDependency: true,
          // The command line loads a service only where it starts it; that bars nobody from importing it.
          checkDynamicDependenciesExceptions: ['.*'],
          depConstraints,
        },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'off',
      'no-restricted-imports': [
        'error',
        {
          patterns: [deepImport],
          paths: ['process', 'node:process'].map((name) => ({ name, importNames: ['env'], message: fromEnvironment })),
        },
      ],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: fromEnvironment }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: [...configuration, ...tests], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['libs/**/*.ts', 'services/**/*.ts', 'contracts/**/*.ts'],
    ignores: ['contracts/src/publishing/*.main.ts', 'libs/pipeline/src/publishing/*.main.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['services/*/src/domain/**/*.ts', ...foldersOfType('type:pure').map((folder) => `${folder}/src/**/*.ts`)],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', ...impure] },
  },
  {
    files: ['services/*/src/main.ts'],
    rules: { 'max-lines': ['error', { max: 40 }] },
  },
  {
    files: ['**/{utils,util,helpers,helper,common,manager}{.ts,.*.ts,/**/*.ts}'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'Program', message: 'Name the file after what it is about.' }],
    },
  },
  { files: ['**/*.{js,cjs}'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    files: ['tools/**/*.{js,cjs,mjs}', '*.{js,cjs,mjs}'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
);
