import type { VersionState } from '../domain/model.version';
import { InMemoryVersionStore } from '../testing/in-memory.version.store';
import { automatic, exampleFile, registered } from '../testing/version.examples';
import { ShowMlflow } from './show.mlflow';
import { ShowVersions } from './show.versions';

const pipeline = { name: 'credit', description: '', owner: 'risk@bank.example', approval: automatic };
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** Versions of credit in these states, the oldest first. */
function registry(...states: VersionState[]) {
  const store = new InMemoryVersionStore();
  states.forEach((state, index) => {
    const name = `2026010${index + 1}_000000`;
    const files = [
      { path: 'MLmodel', file: exampleFile('mlmodel') },
      { path: 'model.onnx', file: exampleFile('artifact') },
    ];
    const version = { ...registered(automatic, name), state, files };
    store.versions.set(`credit/${name}`, { version, correlationId: 'c', revision: 1 });
  });
  const files = { get: async ({ fileId }: { fileId: string }) => Buffer.from(fileId) };
  const pipelines = new Map([['credit', pipeline]]) as never;
  return new ShowMlflow(new ShowVersions(store, pipelines, files as never), files as never);
}

describe('the registry as MLflow reads it', () => {
  it('tells a version with its stage, digest and the place of its files', async () => {
    const { model_version } = await registry('candidate', 'production').version('credit', '20260102_000000');
    expect(model_version).toMatchObject({
      ...{ name: 'credit', version: '20260102_000000', current_stage: 'Production', status: 'READY' },
      ...{ source: 'mlflow-artifacts:/models/credit/20260102_000000', run_id: 'credit_2026-01-04_1' },
      aliases: ['production'],
      tags: expect.arrayContaining([{ key: 'perennial.digest', value: exampleFile('artifact').digest }]),
      creation_timestamp: Date.UTC(2026, 0, 4),
    });
  });

  it('tells the run that made a version: how it was trained, on what, and how it was judged', async () => {
    const { run } = await registry('production').run('credit_2026-01-04_1');
    expect(await registry('production').run('credit.2026-01-04.1')).toEqual({ run });
    expect(run.info).toMatchObject({
      run_id: 'credit_2026-01-04_1',
      status: 'FINISHED',
      end_time: Date.UTC(2026, 0, 4),
    });
    expect(run.data.params).toEqual([
      { key: 'strategy', value: 'fine-tune' },
      { key: 'epochs', value: '3' },
      { key: 'learningRate', value: '0.0001' },
    ]);
    expect(run.data.metrics).toContainEqual({ key: 'f1_low', value: 0.4, timestamp: Date.UTC(2026, 0, 4), step: 0 });
    const tags = new Map(run.data.tags.map(({ key, value }) => [key, value]));
    expect(tags.get('perennial.version')).toBe('20260101_000000');
    expect(tags.get('perennial.batches')).toBe('credit/2026-01-04');
    expect(tags.has('perennial.finetuned_from')).toBe(false);
    await expect(registry('production').run('other')).rejects.toMatchObject({ code: 'UNKNOWN_RUN', status: 404 });
  });

  it('finds the newest version of each stage', async () => {
    const show = registry('archived', 'production', 'archived', 'approved', 'candidate', 'candidate');
    const stages = async (...asked: string[]) =>
      ((await show.latest('credit', asked)).model_versions ?? []).map((each) => [
        each.version.slice(7, 8),
        each.current_stage,
      ]);
    expect(await stages('production')).toEqual([['2', 'Production']]);
    expect(await stages('Staging', 'Archived')).toEqual([
      ['4', 'Staging'],
      ['3', 'Archived'],
    ]);
    expect(await stages('20260103_000000')).toEqual([['3', 'Archived']]);
    expect(await stages('archived', '20260103_000000')).toHaveLength(1);
    expect(await stages()).toHaveLength(4);
    expect(await registry().latest('credit', [])).toEqual({});
  });

  it('knows the version that serves by its alias, and no other alias', async () => {
    const show = registry('production', 'approved');
    expect(await show.ofAlias('credit', 'production')).toMatchObject({ model_version: { version: '20260101_000000' } });
    await expect(show.ofAlias('credit', 'champion')).rejects.toMatchObject({ code: 'UNKNOWN_ALIAS', status: 404 });
    await expect(registry('approved').ofAlias('credit', 'production')).rejects.toMatchObject({ code: 'UNKNOWN_ALIAS' });
    await expect(show.ofAlias('loans', 'production')).rejects.toMatchObject({ code: 'UNKNOWN_PIPELINE' });
  });

  it('is searched page by page, whole or for one model', async () => {
    const show = registry('archived', 'production', 'candidate');
    const all = { from: 0, most: 10 };
    const versionsOf = async (name: string | null, page = all) => {
      const { model_versions = [], next_page_token } = await show.all(name, page);
      return [model_versions.map(({ version }) => version.slice(7, 8)), next_page_token];
    };
    expect(await versionsOf('credit')).toEqual([['3', '2', '1'], undefined]);
    expect(await versionsOf(null, { from: 0, most: 2 })).toEqual([['3', '2'], '2']);
    expect(await versionsOf(null, { from: 2, most: 2 })).toEqual([['1'], undefined]);
    await expect(show.all('loans', all)).rejects.toMatchObject({ code: 'UNKNOWN_PIPELINE' });
    const [found] = (await show.models(null, all)).registered_models ?? [];
    expect(found).toEqual((await show.model('credit')).registered_model);
    expect(await show.models('loans', all)).toEqual({});
  });

  it('gives out the files of a directory and no others', async () => {
    const show = registry('production');
    const at = ['credit', '20260101_000000'] as const;
    expect(await show.directory(...at)).toEqual({
      files: ['MLmodel', 'model.onnx'].map((path) => ({ path, is_dir: false, file_size: 1 })),
    });
    expect(await show.directory(...at, 'MLmodel')).toEqual({ files: [] });
    expect(text((await show.file(...at, 'model.onnx')).bytes)).toBe('artifact');
    await expect(show.file(...at, '../model.onnx')).rejects.toMatchObject({ code: 'UNKNOWN_FILE', status: 404 });
    await expect(show.file('credit', '1', 'MLmodel')).rejects.toMatchObject({ code: 'UNKNOWN_VERSION' });
  });

  it('tells of a model with its newest versions', async () => {
    const { registered_model } = await registry('production', 'candidate').model('credit');
    expect(registered_model).toMatchObject({
      name: 'credit',
      aliases: [{ alias: 'production', version: '20260101_000000' }],
    });
    expect(registered_model.latest_versions?.map(({ version }) => version)).toEqual([
      '20260102_000000',
      '20260101_000000',
    ]);
  });
});
