import { type ConsumerState, silentLogger } from '@perennial/messaging';
import { type Session, superviseSession } from './session.supervisor';

describe('session supervisor', () => {
  const run = (script: { probe?: boolean[]; sessions: ('refused' | 'lost' | 'lasts')[] }) => {
    const log: string[] = [];
    const stopping = new AbortController();
    const probes = [...(script.probe ?? [])];
    const sessions = [...script.sessions];
    const open = async (): Promise<Session> => {
      const kind = sessions.shift();
      log.push(`open ${kind}`);
      if (kind === 'refused') throw new Error('refused');
      if (sessions.length === 0) setImmediate(() => stopping.abort());
      return {
        failed: kind === 'lost' ? Promise.resolve(new Error('lost')) : new Promise(() => {}),
        close: async () => void log.push('close'),
        drain: async () => void log.push('drain'),
      };
    };
    const done = superviseSession({
      open,
      probe: async () => {
        const answer = probes.shift() ?? true;
        if (!answer) log.push('unreachable');
        return answer;
      },
      onState: (state: ConsumerState) => log.push(state),
      sleep: async (milliseconds) => void log.push(`wait ${milliseconds}`),
      random: () => 1,
      logger: silentLogger,
      signal: stopping.signal,
      backoff: { initialMs: 100, maximumMs: 300 },
    });
    return done.then(() => log);
  };

  it('opens a session and drains it at the end', async () => {
    expect(await run({ sessions: ['lasts'] })).toEqual(['starting', 'open lasts', 'running', 'drain', 'stopped']);
  });

  it('throws a lost session away before it opens the next', async () => {
    expect(await run({ sessions: ['lost', 'lasts'] })).toEqual(
      ['starting', 'open lost', 'running', 'reconnecting', 'close', 'wait 100'].concat([
        'open lasts',
        'running',
        'drain',
        'stopped',
      ]),
    );
  });

  it('starts no client while no broker answers, waiting longer each time up to the maximum', async () => {
    const log = await run({ probe: [false, false, false, true], sessions: ['refused', 'lasts'] });
    expect(log.filter((line) => line.startsWith('wait'))).toEqual(['wait 100', 'wait 200', 'wait 300', 'wait 300']);
    expect(log.indexOf('open refused')).toBeGreaterThan(log.lastIndexOf('unreachable'));
    expect(log.at(-1)).toBe('stopped');
  });
});
