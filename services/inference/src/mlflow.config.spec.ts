import { inferenceConfigSchema } from './inference.config';
import { registeredName, trackingHeaders } from './mlflow.config';

const read = (env: Record<string, string>) => inferenceConfigSchema.safeParse(env);
const server = { MLFLOW_TRACKING_URI: 'http://mlflow:5000' };
const model = { ...server, MLFLOW_MODEL_NAME: 'credit' };

describe('the model that is to be served from a registry', () => {
  it.each([
    [{}, { stage: 'Production' }],
    [{ MLFLOW_MODEL_STAGE: 'Staging' }, { stage: 'Staging' }],
    [{ MLFLOW_MODEL_ALIAS: 'champion' }, { alias: 'champion' }],
    [{ MLFLOW_MODEL_VERSION: '3' }, { version: '3' }],
  ])('is chosen by %j', (given, selector) => {
    const config = inferenceConfigSchema.parse({ ...model, ...given });
    expect(registeredName(config)).toEqual({ name: 'credit', selector, pipeline: 'credit' });
  });

  it('may be looked for in the own registry, and served under another name', () => {
    const given = {
      REGISTRY_URL: 'http://registry:8080',
      MLFLOW_MODEL_NAME: 'Credit Risk',
      MLFLOW_MODEL_PIPELINE: 'credit',
    };
    expect(registeredName(inferenceConfigSchema.parse(given))).toMatchObject({
      name: 'Credit Risk',
      pipeline: 'credit',
    });
  });

  it('is none where none is named, though a server is', () => {
    expect(registeredName(inferenceConfigSchema.parse(server))).toBeNull();
  });

  it.each<[string, Record<string, string>, string]>([
    ['two selectors', { ...model, MLFLOW_MODEL_STAGE: 'Production', MLFLOW_MODEL_ALIAS: 'a' }, 'MLFLOW_MODEL_ALIAS'],
    ['a selector of nothing', { ...server, MLFLOW_MODEL_VERSION: '1' }, 'MLFLOW_MODEL_VERSION'],
    ['no server', { MLFLOW_MODEL_NAME: 'credit' }, 'MLFLOW_TRACKING_URI'],
    ['a folder', { ...model, MLFLOW_TRACKING_URI: 'file:./mlruns' }, 'MLFLOW_TRACKING_URI'],
    ['a name that no pipeline has', { ...model, MLFLOW_MODEL_NAME: 'Credit Risk' }, 'MLFLOW_MODEL_PIPELINE'],
    ['a stage that does not exist', { ...model, MLFLOW_MODEL_STAGE: 'live' }, 'MLFLOW_MODEL_STAGE'],
    ['a user without password', { ...model, MLFLOW_TRACKING_USERNAME: 'ada' }, 'MLFLOW_TRACKING_PASSWORD'],
  ])('is refused with %s', (_, env, variable) => {
    expect(read(env).error?.issues.map(({ path }) => path.join('.'))).toEqual([variable]);
  });

  it('is asked for with the credentials that MLflow knows', () => {
    const headers = (env: Record<string, string>) => trackingHeaders(inferenceConfigSchema.parse({ ...model, ...env }));
    expect(headers({})).toEqual({});
    expect(headers({ MLFLOW_TRACKING_TOKEN: 't' })).toEqual({ authorization: 'Bearer t' });
    const basic = headers({ MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'secret' });
    expect(basic).toEqual({ authorization: 'Basic YWRhOnNlY3JldA==' });
  });
});
