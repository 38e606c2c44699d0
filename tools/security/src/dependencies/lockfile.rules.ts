import { reviewed } from './reviewed.packages';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly deprecated?: string;
  readonly hasInstallScript?: boolean;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>;
}

export interface Manifest {
  readonly file: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

type Rule = (name: string, locked: Locked) => string | undefined;

const fromRegistry: Rule = (_, { resolved }) =>
  resolved === undefined || /^https:\/\/[^/]+\/.*\.tgz$/.test(resolved) ? undefined : `comes from ${resolved}`;

const intact: Rule = (_, { integrity }) =>
  integrity?.startsWith('sha512-') ? undefined : `has no SHA-512 digest, but ${integrity ?? 'none'}`;

const withoutScripts: Rule = (name, { hasInstallScript }) =>
  hasInstallScript && !(name in reviewed.installScripts) ? 'runs a script when it is installed' : undefined;

const maintained: Rule = (_, { deprecated }) => (deprecated ? `is deprecated: ${deprecated}` : undefined);

const licensed: Rule = (name, { license }) => {
  const known = license ?? reviewed.licences[name];
  return known && reviewed.allowedLicences.includes(known) ? undefined : `has the licence ${known ?? '(none named)'}`;
};

const notKnownBad: Rule = (name, { version = '' }) =>
  reviewed.knownBad[name]?.includes(version) ? `version ${version} was published by an attacker` : undefined;

const rules: readonly Rule[] = [fromRegistry, intact, withoutScripts, maintained, licensed, notKnownBad];

const marker = 'node_modules/';
const nameOf = (path: string): string => path.slice(path.lastIndexOf(marker) + marker.length);

/** What is wrong with what would be installed, one line each. */
export const lockfileProblems = ({ packages }: Lockfile): string[] =>
  Object.entries(packages)
    .filter(([path, { link }]) => path.includes(marker) && !link)
    .flatMap(([path, locked]) =>
      rules.flatMap((rule) => {
        const problem = rule(nameOf(path), locked);
        return problem ? [`${nameOf(path)} ${locked.version} ${problem}`] : [];
      }),
    );

/** Direct dependencies that are no exact version: what is tested would not be what is installed. */
export const looseVersions = (manifests: readonly Manifest[]): string[] =>
  manifests.flatMap(({ file, dependencies = {}, devDependencies = {} }) =>
    Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${file}: ${name} is ${version}`),
  );
