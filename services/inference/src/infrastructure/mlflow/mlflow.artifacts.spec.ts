import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordedMlflow } from '../../testing/recorded.mlflow';
import { modelDirectory } from './mlflow.artifacts';

const token = { authorization: 'Bearer secret' };
const read = async (uri: string, trackingUrl: string, path = 'model.onnx', maxBytes = 100) =>
  String(Buffer.from(await modelDirectory(uri, { trackingUrl, headers: () => token }).read(path, maxBytes)));

describe('the files of a registered model', () => {
  let server: RecordedMlflow;
  let other: RecordedMlflow;
  beforeEach(async () => {
    [server, other] = await Promise.all([new RecordedMlflow().start(), new RecordedMlflow().start()]);
    for (const each of [server, other]) {
      each.answer('/api/2.0/mlflow-artifacts/artifacts/1/m%20x/model.onnx', 200, 'proxied');
      each.answer('/files/model.onnx', 200, 'elsewhere');
    }
  });
  afterEach(() => Promise.all([server.stop(), other.stop()]));

  const authorization = (from: RecordedMlflow) => from.asked.at(-1)?.headers.authorization;

  it('come through the proxy of the tracking server', async () => {
    expect(await read('mlflow-artifacts:/1/m x', server.url)).toBe('proxied');
    expect(authorization(server)).toBe('Bearer secret');
  });

  it('come from other addresses without the credentials of the tracking server', async () => {
    expect(await read(`${other.url}/files/`, server.url)).toBe('elsewhere');
    expect(await read(`mlflow-artifacts://${new URL(other.url).host}/1/m x`, server.url)).toBe('proxied');
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    expect(await read(`${server.url}/files`, server.url)).toBe('elsewhere');
    expect(authorization(server)).toBe('Bearer secret');
  });

  it.each(['../model.onnx', '/etc/passwd', 'a/../../b', 'a//b', 'a\\b', '', '.'])('are not named %j', async (path) => {
    await expect(read('mlflow-artifacts:/1', server.url, path)).rejects.toMatchObject({
      code: 'INVALID_ARTIFACT_PATH',
    });
    expect(server.asked).toEqual([]);
  });

  it('are no larger than they may be', async () => {
    const reading = read('mlflow-artifacts:/1/m x', server.url, 'model.onnx', 6);
    await expect(reading).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE', retryable: false });
  });

  it.each(['s3://bucket/1', 'gs://bucket/1', 'dbfs:/1'])('are not read from %s', async (uri) => {
    await expect(read(uri, server.url)).rejects.toMatchObject({
      ...{ code: 'UNSUPPORTED_ARTIFACT_STORE', retryable: false },
      message: expect.stringContaining('given out by the tracking server'),
    });
  });

  it('are read from this machine where the tracking server is on it, within their directory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'artifacts-'));
    await mkdir(join(folder, 'model'));
    await writeFile(join(folder, 'secret'), 'secret');
    await writeFile(join(folder, 'model', 'model.onnx'), 'local');
    await symlink(join(folder, 'secret'), join(folder, 'model', 'link'));
    const uri = `file://${folder}/model`;
    expect(await read(uri, server.url)).toBe('local');
    expect(await read(`${folder}/model`, 'http://localhost:5000')).toBe('local');
    await expect(read(uri, server.url, 'link')).rejects.toMatchObject({ code: 'INVALID_ARTIFACT_PATH' });
    await expect(read(uri, server.url, 'model.onnx', 4)).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' });
    await expect(read(uri, 'http://mlflow:5000')).rejects.toMatchObject({ code: 'UNSUPPORTED_ARTIFACT_STORE' });
    await rm(folder, { recursive: true });
  });
});
