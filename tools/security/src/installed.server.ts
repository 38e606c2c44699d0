import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaVersion, secantusVersion, stackOptions } from '@perennial/local-stack';

const artifact = (name: string, required: string): string => {
  const { artifacts = '' } = stackOptions();
  const directory = join(artifacts, name);
  if (existsSync(join(directory, required))) return directory;
  throw new Error(`${directory} is not installed: run ./perennial up once, or set PERENNIAL_ARTIFACTS`);
};

/** Folder of Kafka's libraries, as the local stack installs them. */
export const kafkaLibraries = (): string => artifact(`kafka-${kafkaVersion}`, `kafka_2.13-${kafkaVersion}.jar`);

/** Python of the local stack's database. */
export const secantusPython = (): string => {
  const python = join('bin', 'python');
  return join(artifact(`secantusdb-${secantusVersion}`, python), python);
};
