import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOnnxSignature } from './onnx.signature';

describe('the signature of an artifact', () => {
  it('is read from its metadata', () => {
    const fixture = join(__dirname, '../../../../libs/model-runtime/src/testing/fixtures/credit.onnx');
    expect(readOnnxSignature(readFileSync(fixture)).length).toBeGreaterThan(0);
  });

  it('is refused where there is none', () => {
    const refused = expect.objectContaining({ code: 'ARTIFACT_UNREADABLE', retryable: false });
    expect(() => readOnnxSignature(new Uint8Array(0))).toThrow(refused);
    expect(() => readOnnxSignature(Uint8Array.of(255, 255))).toThrow(refused);
  });
});
