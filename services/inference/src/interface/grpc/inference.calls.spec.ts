import { decodeInferRequest } from '@perennial/open-inference';
import { ServiceError } from '@perennial/service';
import type { CallOptions } from '../../application/model.slot';
import type { OpenInferenceService } from '../open-inference/open-inference.service';
import type { RepositoryService } from '../open-inference/repository.service';
import { inferCodec } from './infer.codec';
import { inferenceCalls } from './inference.calls';
import { inferenceService } from './inference.definition';

const { requestSerialize } = inferenceService().service.ModelInfer as NonNullable<
  ReturnType<typeof inferenceService>['service'][string]
>;

class FakeInference {
  readonly limits = { maxRows: 10 };
  readonly asked: string[] = [];
  full = false;

  requirePlace(name: string): void {
    this.asked.push(name);
    if (this.full) throw new ServiceError('OVERLOADED', 429, 'full', {});
  }

  async infer(model: string, version: string) {
    return { model, version, parameters: {}, outputs: [] };
  }
}

describe('ModelInfer', () => {
  const inference = new FakeInference();
  const calls = inferenceCalls(inference as unknown as OpenInferenceService, {} as RepositoryService);
  const infer = async (bytes: Uint8Array) => calls.ModelInfer({ model_name: 'credit', bytes }, {} as CallOptions);
  const input = { name: 'age', shape: [1], datatype: 'INT64', contents: { int64_contents: [30] } };
  const request = requestSerialize({ model_name: 'credit', model_version: '7', inputs: [input] });

  it('asks for a place by the name in the message', async () => {
    expect(await infer(request)).toMatchObject({ model_name: 'credit', model_version: '7' });
    expect(inference.asked).toEqual(['credit']);
  });

  it('says what is no message, as the client’s error', async () => {
    const broken = Uint8Array.of(...request, 0x2a, 0x7f);
    await expect(infer(broken)).rejects.toMatchObject({
      ...{ code: 'INVALID_INPUT', status: 400 },
      message: expect.stringMatching(/^message must be a ModelInferRequest: /),
    });
  });

  it('takes no message for another model than who may ask was decided by', async () => {
    // Field 2 under the type of eight bytes: a reader that skips passes over the name in them, one that reads meets it.
    const bytes = Buffer.from([...request, 0x11, 0x00, 0x0a, 0x03, 0x6f, 0x6e, 0x65, 0x1a, 0x00]);
    expect(decodeInferRequest(bytes).model_name).toBe('one');
    const unread = inferCodec().requestDeserialize(bytes);
    expect(unread.model_name).toBe('credit');
    const asked = async () => calls.ModelInfer(unread, {} as CallOptions);
    await expect(asked()).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('disagree'),
    });
  });

  it('reads no message while nobody would take its rows', async () => {
    inference.full = true;
    const broken = Uint8Array.of(...request, 0x2a, 0x7f);
    await expect(infer(broken)).rejects.toMatchObject({ code: 'OVERLOADED' });
  });
});
