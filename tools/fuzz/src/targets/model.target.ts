import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkModel } from '@perennial/model-runtime';
import { bytesOf, decodedBy, type FuzzTarget } from '../fuzz.target';

const fixtures = join(__dirname, '../../../../libs/model-runtime/src/testing/fixtures');

/** What is looked at before a model is loaded. What it lets through is loaded in a process of its own first. */
export const modelTarget: FuzzTarget = {
  name: 'model',
  tokens: ['Loop', 'com.evil', 'location', '../../etc/passwd', '\u00ff\u00ff\u00ff\u00ff\u007f', 'w'],
  seeds: async () => [readFileSync(join(fixtures, 'credit.onnx')), bytesOf('\u003a\u0000')],
  check: async (input) => ((await decodedBy(() => ({ passed: checkModel(input) }))) ? 'accepted' : 'refused'),
};
