/** Package names compare as PEP 503 says. */
const normal = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** Lines `name==version`; blank lines and comments are skipped. Throws on anything else: pins are exact. */
export function parsePins(requirements: string): Record<string, string> {
  const lines = requirements.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const pins = lines
    .filter((line) => line !== '')
    .map((line) => {
      const match = /^([A-Za-z0-9._-]+)==([A-Za-z0-9.]+)$/.exec(line);
      if (!match) throw new SyntaxError(`requirement "${line}" must be name==version`);
      return [normal(match[1] as string), match[2] as string] as const;
    });
  return Object.fromEntries(pins);
}

/** Pins (`name==version`) of the packages that are not installed in that version; `2.1+cpu` counts as 2.1. */
export function missingPackages(
  packages: readonly string[],
  pins: Readonly<Record<string, string>>,
  installed: Readonly<Record<string, string>>,
): string[] {
  const have = new Map(
    Object.entries(installed).map(([name, version]) => [normal(name), version.split('+')[0] as string]),
  );
  return packages
    .map(normal)
    .filter((name) => {
      if (pins[name] === undefined) throw new RangeError(`${name} is not in requirements.txt`);
      return have.get(name) !== pins[name];
    })
    .map((name) => `${name}==${pins[name]}`);
}
