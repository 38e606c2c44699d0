import { silentLogger } from '@perennial/messaging';
import type { Connection } from 'mongoose';
import { DatabaseClock } from './database.clock';

const HOUR_MS = 3_600_000;

/** A server whose clock is `ahead` of this machine's and which takes `tookMs` to answer. */
class Server {
  ahead = 0;
  tookMs = 0;
  fails = false;

  connection(): Connection {
    const command = async () => {
      const localTime = new Date(Date.now() + this.ahead);
      if (this.fails) throw new Error('away');
      if (this.tookMs > 0) await new Promise((resolve) => setTimeout(resolve, this.tookMs));
      return { localTime };
    };
    return { db: { admin: () => ({ command }) } } as unknown as Connection;
  }
}

describe('the clock of the database', () => {
  let server: Server;
  let clock: DatabaseClock;
  const off = () => Math.round(clock.now().getTime() - Date.now());

  beforeEach(async () => {
    jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    server = new Server();
    server.ahead = HOUR_MS;
    clock = await DatabaseClock.start(server.connection(), silentLogger);
  });

  afterEach(() => {
    clock.stop();
    jest.useRealTimers();
  });

  it("tells the server's time and goes on by itself", async () => {
    expect(off()).toBe(HOUR_MS);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(off()).toBe(HOUR_MS);
  });

  it('does not move when the clock of this machine is set', () => {
    const before = clock.now().getTime();
    jest.setSystemTime(Date.UTC(2025, 0, 1));
    expect(clock.now().getTime()).toBe(before);
  });

  it('follows the server when it looks again, and keeps what it knows while the server is away', async () => {
    server.fails = true;
    server.ahead = 0;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(off()).toBe(HOUR_MS);
    server.fails = false;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(off()).toBe(0);
  });

  it('trusts a slow answer only where it cannot be explained by its slowness', async () => {
    server.tookMs = 8_000;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(off()).toBe(HOUR_MS);
    server.ahead = 0;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(Math.abs(off())).toBeLessThanOrEqual(4_000);
  });
});
