import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { referenceFiles } from './reference.files';

const root = resolve(__dirname, '../../../..');
for (const [name, text] of referenceFiles()) {
  mkdirSync(dirname(resolve(root, name)), { recursive: true });
  writeFileSync(resolve(root, name), text);
  console.log(`wrote ${name}`);
}
