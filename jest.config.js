// Unit tests (*.spec.ts) need nothing; integration tests (*.int-spec.ts) need the local stack and fail without it.
const base = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/tools/jest/environment.js',
  // Nothing here is timed; a busy machine is not to fail.
  testTimeout: 60_000,
  roots: [
    '<rootDir>/contracts',
    '<rootDir>/libs',
    '<rootDir>/services',
    '<rootDir>/deploy',
    '<rootDir>/tools',
    '<rootDir>/examples',
  ],
  modulePathIgnorePatterns: ['/dist/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  // ESM-only packages are transformed, and the one that imports dynamically, which jest's realm cannot; everything else in node_modules is CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(?!(hyparquet|hyparquet-writer|jose|@opentelemetry/otlp-exporter-base|pure-rand)/)',
  ],
  transform: {
    '^.+\\.[cm]?[tj]s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    '^fast-check$': '<rootDir>/tools/jest/fast-check.js',
    '^@perennial/contracts$': '<rootDir>/contracts/src/index.ts',
    '^@perennial/messaging/testing$': '<rootDir>/libs/messaging/src/testing/index.ts',
    '^@perennial/messaging-mongo/testing$': '<rootDir>/libs/messaging-mongo/src/testing/index.ts',
    '^@perennial/object-store/testing$': '<rootDir>/libs/object-store/src/testing/index.ts',
    '^@perennial/service/testing$': '<rootDir>/libs/service/src/testing/index.ts',
    '^@perennial/onnx-graph/testing$': '<rootDir>/libs/onnx-graph/src/testing/index.ts',
    '^@perennial/local-stack$': '<rootDir>/deploy/local/src/index.ts',
    '^@perennial/cli$': '<rootDir>/tools/cli/src/index.ts',
    '^@perennial/security-tests$': '<rootDir>/tools/security/src/index.ts',
    '^@perennial/example-(credit-default|tiny)$': '<rootDir>/examples/$1/src/index.ts',
    '^@perennial/(ingestion|preprocessing|feature-store|trainer|evaluator|registry|deployer|inference|alerting)$':
      '<rootDir>/services/$1/src/index.ts',
    '^@perennial/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
};

module.exports = {
  // By default one processor is left idle, which is half of a small machine.
  maxWorkers: '100%',
  projects: [
    { ...base, displayName: 'unit', testMatch: ['**/*.spec.ts'] },
    { ...base, displayName: 'integration', testMatch: ['**/*.int-spec.ts'] },
  ],
};
