// One running server with a data folder of its own, from start to a clean stop.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const binary = process.env.ALONGSIDE ?? join(import.meta.dirname, '../../target/debug/alongside');
const readyWithinMs = 20_000;
const stoppedWithinMs = 10_000;

export class Server {
  private constructor(
    readonly url: string,
    /** Everything that the server wrote to its standard output and error. */
    readonly log: readonly string[],
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  /** Starts a server on a free port and waits until it says that it is ready. */
  static async start(): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'alongside-browser-'));
    const child = spawn(binary, ['serve', '--data', folder, '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      const failed = (why: string) => reject(new Error([why, ...log].join('\n')));
      const timer = setTimeout(() => failed(`the server named no address within ${readyWithinMs} ms`), readyWithinMs);
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          log.push(line);
          const address = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(line);
          if (address) {
            clearTimeout(timer);
            resolve(address[0]);
          }
        });
      }
      child.once('error', (error) => failed(`the server did not start: ${error.message}`));
      child.once('exit', (code) => failed(`the server ended with ${code} before it named its address`));
    });
    const server = new Server(url, log, child, folder);
    await server.ready();
    return server;
  }

  /** Waits until `/health/ready` answers 200. */
  private async ready(): Promise<void> {
    const until = Date.now() + readyWithinMs;
    for (;;) {
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.status === 200) return;
      if (Date.now() > until || this.process.exitCode !== null) {
        throw new Error([`the server did not become ready: ${answer?.status}`, ...this.log].join('\n'));
      }
      await pause(20);
    }
  }

  /** Stops the server as an operator does, and removes its folder. A stop that is not clean is an error. */
  async stop(): Promise<void> {
    const ended = this.process.exitCode === null ? once(this.process, 'exit') : Promise.resolve();
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), stoppedWithinMs);
    await ended;
    clearTimeout(timer);
    await rm(this.folder, { recursive: true });
    if (this.process.exitCode !== 0) {
      const how = this.process.signalCode ?? this.process.exitCode;
      throw new Error([`the server did not stop cleanly: ${how}`, ...this.log].join('\n'));
    }
  }
}
