interface Reviewed {
  readonly installScripts: Readonly<Record<string, string>>;
  readonly allowedLicences: readonly string[];
  readonly licences: Readonly<Record<string, string>>;
  readonly knownBad: Readonly<Record<string, readonly string[]>>;
}

/** What a person looked at and found in order; a change here is part of a review. */
export const reviewed: Reviewed = {
  /** Name → why its install script is harmless, or not run. */
  installScripts: {
    '@parcel/watcher': 'development only (nx): chooses a prebuilt binary',
    '@scarf/scarf': 'development only (asyncapi parser): reports installations; npm does not run it unless approved',
    '@swc/core': 'development only: checks that its binary fits',
    koffi: 'denied in package.json (allowScripts): it would build what its platform packages bring',
    lmdb: 'denied in package.json (allowScripts): it would build what its platform packages bring',
    'msgpackr-extract': 'denied in package.json (allowScripts): it would build what its platform packages bring',
    nx: 'development only: warms its cache',
    'onnxruntime-node': 'denied in package.json (allowScripts): it would fetch libraries for CUDA',
    protobufjs: 'warns of version schemes',
    'unrs-resolver': 'development only (jest): checks that its binary fits',
  },
  allowedLicences: [
    '0BSD',
    '(Apache-2.0 OR MPL-1.1)',
    '(MIT OR CC0-1.0)',
    'Apache-2.0',
    'Apache-2.0 AND MIT',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'CC-BY-4.0',
    'ISC',
    'MIT',
    'MIT-0',
    'Python-2.0',
  ],
  /** Of packages whose manifest names none: as their licence file says. */
  licences: { busboy: 'MIT', dicer: 'MIT', streamsearch: 'MIT', 'humanize-number': 'MIT', only: 'MIT' },
  /** Versions that attackers published, of packages that are widely depended on. Not a list of vulnerabilities. */
  knownBad: {
    'ansi-regex': ['6.2.1'],
    'ansi-styles': ['6.2.2'],
    chalk: ['5.6.1'],
    'chalk-template': ['1.1.1'],
    coa: ['2.0.3', '2.0.4'],
    'color-convert': ['3.1.1'],
    'color-name': ['2.0.1'],
    'color-string': ['2.1.1'],
    debug: ['4.4.2'],
    'error-ex': ['1.3.3'],
    'eslint-scope': ['3.7.2'],
    'event-stream': ['3.3.6'],
    'is-arrayish': ['0.3.3'],
    'node-ipc': ['10.1.1', '10.1.2', '10.1.3'],
    nx: ['20.9.0', '20.10.0', '20.11.0', '20.12.0', '21.5.0', '21.6.0', '21.7.0', '21.8.0'],
    rc: ['1.2.9', '1.3.9', '2.3.9'],
    'simple-swizzle': ['0.2.3'],
    'slice-ansi': ['7.1.1'],
    'strip-ansi': ['7.1.1'],
    'supports-color': ['10.2.1'],
    'ua-parser-js': ['0.7.29', '0.8.0', '1.0.0'],
    'wrap-ansi': ['9.0.1'],
  },
};
