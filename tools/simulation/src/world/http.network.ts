import type { Scheduler } from '../scheduler/scheduler';
import { SimulatedFault } from '../scheduler/simulator';

/** A server's handler, run in the server's own process. */
export type HttpHandler = (path: string, body: unknown) => Promise<unknown>;

interface Listener {
  process: string;
  handler: HttpHandler;
}

type Outcome = { answer: unknown } | { error: unknown };

/** Requests between processes: the service's name is the host, any of its living processes answers. */
export class HttpNetwork {
  private readonly listeners = new Map<string, Listener[]>();

  constructor(private readonly scheduler: Scheduler) {}

  listen(host: string, process: string, handler: HttpHandler): void {
    const others = (this.listeners.get(host) ?? []).filter((listener) => listener.process !== process);
    this.listeners.set(host, [...others, { process, handler }]);
  }

  /**
   * Rejects when the server was not reached or did not answer, with the handler's own error when it threw one, and
   * with the signal's reason. A server that dies meanwhile never answers: give the request a time limit.
   */
  request(client: string, host: string, path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const caller = this.scheduler.current;
    return new Promise<unknown>((resolve, reject) => {
      const abort = () => reject(signal.reason);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      const respond = (outcome: Outcome) => {
        const settle = () => {
          signal.removeEventListener('abort', abort);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.answer);
        };
        this.scheduler.after(1 + this.scheduler.random() * 5, settle, caller);
      };
      const name = `${host} ${path}`;
      const arrived = () => this.serve(host, path, body, respond);
      this.scheduler.perform(client, { target: 'http', name }, arrived).catch((error: unknown) => respond({ error }));
    });
  }

  private serve(host: string, path: string, body: unknown, respond: (outcome: Outcome) => void): void {
    const living = (this.listeners.get(host) ?? []).filter(({ process }) => this.scheduler.isAlive(process));
    const server = living[Math.floor(this.scheduler.random() * living.length)];
    if (!server) throw new SimulatedFault('unreached', { target: 'http', name: `${host} ${path}` });
    this.scheduler.inProcess(server.process, () => {
      server.handler(path, body).then(
        (answer) => respond({ answer }),
        (error: unknown) => respond({ error }),
      );
    });
  }
}
