import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOnnxSignature } from './onnx.signature';

const fixture = join(__dirname, '../../../../libs/model-runtime/src/testing/fixtures/credit.onnx');

describe('the signature of an artifact', () => {
  it('is read from its metadata', () => {
    expect(readOnnxSignature(readFileSync(fixture)).length).toBeGreaterThan(0);
  });

  it('is refused where there is none', () => {
    const refused = expect.objectContaining({ code: 'ARTIFACT_UNREADABLE', retryable: false });
    expect(() => readOnnxSignature(new Uint8Array(0))).toThrow(refused);
    expect(() => readOnnxSignature(Uint8Array.of(255, 255))).toThrow(refused);
  });

  it('is refused where no service would load the model', () => {
    // ModelProto.functions, field 25, holding nothing: protobuf messages may be concatenated.
    const withFunctions = Buffer.concat([readFileSync(fixture), Buffer.from([0xca, 0x01, 0x00])]);
    expect(() => readOnnxSignature(withFunctions)).toThrow(
      expect.objectContaining({
        code: 'ARTIFACT_UNREADABLE',
        details: expect.objectContaining({ field: 'functions' }),
      }),
    );
  });
});
