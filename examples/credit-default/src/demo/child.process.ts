import { type ChildProcess, fork } from 'node:child_process';
import { StoryError } from './story';

/** A process of the demo's own: the bank or its clients. Its messages arrive in order; its end is known. */
export class Child<Reply> {
  private readonly process: ChildProcess;
  private readonly listeners = new Set<(message: Reply) => void>();
  private failure: StoryError | undefined;
  private readonly onEnd = new Set<(failure: StoryError) => void>();
  private stderr = '';

  constructor(
    private readonly name: string,
    file: string,
    args: readonly string[],
  ) {
    this.process = fork(file, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
    this.process.stderr?.on('data', (text: Buffer) => (this.stderr = (this.stderr + text.toString()).slice(-4000)));
    this.process.on('message', (message) => this.listeners.forEach((listener) => listener(message as Reply)));
    this.process.on('error', (error) => this.end(error.message));
    this.process.on('close', (code, signal) => this.end(`exit code ${code ?? signal}`));
  }

  onMessage(listener: (message: Reply) => void): void {
    this.listeners.add(listener);
  }

  /** Sends, and resolves with the first reply that `wanted` accepts. @throws StoryError when the process ends */
  ask(message: object, wanted: (reply: Reply) => boolean): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      const listener = (reply: Reply) => {
        if (!wanted(reply)) return;
        this.listeners.delete(listener);
        this.onEnd.delete(reject);
        resolve(reply);
      };
      this.listeners.add(listener);
      this.onEnd.add(reject);
      this.process.send(message);
    });
  }

  stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return Promise.resolve();
    const closed = new Promise<void>((resolve) => this.process.once('close', () => resolve()));
    this.process.kill('SIGKILL'); // holds nothing that could be lost
    return closed;
  }

  private end(how: string): void {
    this.failure ??= new StoryError('CHILD_ENDED', `the ${this.name} process ended (${how})\n${this.stderr}`.trim());
    for (const reject of this.onEnd) reject(this.failure);
    this.onEnd.clear();
  }
}
