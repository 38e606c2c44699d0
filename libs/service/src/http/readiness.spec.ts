import { Readiness } from './readiness';

describe('Readiness', () => {
  it('is ready when every check passes', async () => {
    const readiness = new Readiness();
    readiness.add('database', async () => {});
    expect(await readiness.report()).toEqual({ ready: true, checks: { database: 'ok' } });
  });

  it('says which check fails and why', async () => {
    const readiness = new Readiness();
    readiness.add('database', () => {});
    readiness.add('broker', () => {
      throw new Error('reconnecting');
    });
    expect(await readiness.report()).toEqual({ ready: false, checks: { database: 'ok', broker: 'reconnecting' } });
  });

  it('reports what it can do without, and stays ready', async () => {
    const readiness = new Readiness();
    const away = () => {
      throw new Error('away');
    };
    readiness.add('database', away, { required: false });
    expect(await readiness.report()).toEqual({ ready: true, checks: { database: 'away' } });
  });

  it('turns off before the shutdown', async () => {
    const readiness = new Readiness();
    readiness.stop();
    expect((await readiness.report()).ready).toBe(false);
  });
});
