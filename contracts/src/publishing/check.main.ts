import { events } from '../catalogue';
import { topics } from '../topics';
import { deriveArtifacts, stalePublications } from './artifacts';
import { fixtureProblems } from './fixtures';
import { thawedVersions } from './frozen';
import { committedFiles, HistoryUnavailable } from './git-history';
import { contractsDirectory, fixturesDirectory, PUBLISHED, publishedDirectory, readFiles } from './publication.files';
import { versionProblems } from './versions';

/** `--allow-shallow` compares with as much history as the clone has. */
const allowShallow = process.argv.includes('--allow-shallow');

function frozenProblems(): string[] {
  try {
    return thawedVersions(
      readFiles(publishedDirectory),
      committedFiles(contractsDirectory, PUBLISHED, { allowShallow }),
    );
  } catch (error) {
    if (error instanceof HistoryUnavailable) return [error.message];
    throw error;
  }
}

const contracts = [...events.values()];
const problems = [
  ...stalePublications(deriveArtifacts(topics, contracts), readFiles(publishedDirectory)),
  ...frozenProblems(),
  ...versionProblems(contracts),
  ...fixtureProblems(contracts, readFiles(fixturesDirectory)),
];
for (const problem of problems) console.error(`contracts: ${problem}`);
if (!problems.length) console.log(`contracts: ${contracts.length} event versions published, frozen and compatible`);
process.exitCode = problems.length ? 1 : 0;
