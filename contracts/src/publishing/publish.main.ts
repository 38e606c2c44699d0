import { events } from '../catalogue';
import { topics } from '../topics';
import { deriveArtifacts } from './artifacts';
import { publishedDirectory, writeFiles } from './publication.files';

const written = writeFiles(publishedDirectory, deriveArtifacts(topics, [...events.values()]));
for (const name of written) console.log(`wrote contracts/published/${name}`);
console.log(`${written.length} of the published files changed`);
