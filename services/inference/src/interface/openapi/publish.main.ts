import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openApiText } from './openapi.document';

writeFileSync(resolve(__dirname, '../../../../../docs/inference.openapi.json'), openApiText());
