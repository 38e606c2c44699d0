import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Installation, installationKey } from './installation';
import { lastLines, runCommand } from './run.command';
import { StackError } from './stack.error';

export const kafkaVersion = '4.3.1';
export const kafkaFiles = join(__dirname, '..', 'kafka');
const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';
const oldestJava = 17;

/** Major version out of `java -version`: 17 for `openjdk version "17.0.15"`, 8 for `java version "1.8.0_402"`. */
export function parseJavaVersion(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match ? Number(match[1]) : undefined;
}

/** The `java` program, checked. @throws StackError `java-missing`, `java-too-old` */
export async function findJava(javaHome: string | undefined): Promise<string> {
  const candidate = javaHome ? join(javaHome, 'bin', 'java') : 'java';
  const java = javaHome && !existsSync(candidate) ? 'java' : candidate;
  const { exitCode, output } = await runCommand(java, ['-version']);
  const advice = `install Java ${oldestJava} or later (Debian, Ubuntu: apt install openjdk-17-jre-headless; macOS: brew install openjdk@17), or set KAFKA_BROKERS to a Kafka that runs already`;
  if (exitCode !== 0)
    throw new StackError('java-missing', `java was not found, and Kafka needs it: ${advice}`, { output });
  const version = parseJavaVersion(output);
  if (version !== undefined && version < oldestJava) {
    throw new StackError('java-too-old', `java is version ${version}, Kafka needs ${oldestJava}: ${advice}`, {
      version,
    });
  }
  return java;
}

async function fetchJars(directory: string): Promise<void> {
  const { exitCode, output } = await runCommand('mvn', [
    '-q',
    '-B',
    '--strict-checksums',
    '-f',
    join(kafkaFiles, 'pom.xml'),
    `${dependencyPlugin}:copy-dependencies`,
    `-DoutputDirectory=${directory}`,
    '-DincludeScope=runtime',
  ]);
  if (exitCode === undefined) {
    const advice = 'install Maven (Debian, Ubuntu: apt install maven; macOS: brew install maven), or set KAFKA_BROKERS';
    throw new StackError('maven-missing', `mvn was not found, and Kafka is fetched with it: ${advice}`);
  }
  if (exitCode !== 0) {
    const advice = 'Check the network (and the mirrors in your Maven settings) and run the same command again.';
    const message = `fetching Kafka ${kafkaVersion} failed. ${advice} Maven said:\n${lastLines(output)}`;
    throw new StackError('download-failed', message, { output });
  }
}

export function kafkaInstallation(artifacts: string, onProgress: (line: string) => void): Installation {
  const directory = join(artifacts, `kafka-${kafkaVersion}`);
  return {
    directory,
    key: installationKey(dependencyPlugin, readFileSync(join(kafkaFiles, 'pom.xml'), 'utf8')),
    requiredFile: join(directory, `kafka_2.13-${kafkaVersion}.jar`),
    install: async () => {
      onProgress(`fetching Apache Kafka ${kafkaVersion} (about 44 MB) …`);
      await fetchJars(directory);
      onProgress(`Apache Kafka ${kafkaVersion} is installed`);
    },
  };
}
