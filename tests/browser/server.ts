// One running demonstration: the synthetic force, its scripted night, and a sign-in link for each person.
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

/** Who is on duty in the synthetic force, as the demonstration prints them. */
export const people = [
  'Priya Nandra',
  'Sam Whitlock',
  'Inspector Quill',
  'Dee Marlow',
  'Kit Doyle',
  'PC Rowe',
  'Ada Penrose',
] as const;

export type Person = (typeof people)[number];

/** Does something with a folder of its own, which is gone afterwards. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'alongside-browser-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export class Server {
  private constructor(
    readonly url: string,
    /** Where each person signs in. */
    private readonly links: ReadonlyMap<Person, string>,
    /** Everything that the server wrote to its standard output and error. */
    readonly log: readonly string[],
    private readonly process: ChildProcess,
  ) {}

  /**
   * Starts the demonstration that `folder` holds (a new one in an empty folder), at `speed` times the pace of the
   * world, and waits until it says that it is ready. The force has no history but the scripted case's.
   */
  static async start(folder: string, speed: number, listen = '127.0.0.1:0'): Promise<Server> {
    const options = ['--data', folder, '--listen', listen, '--speed', `${speed}`, '--years', '0'];
    const child = spawn(binary, ['demo', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    const log: string[] = [];
    const links = await new Promise<Map<Person, string>>((resolve, reject) => {
      const found = new Map<Person, string>();
      const failed = (why: string) => {
        child.kill('SIGKILL');
        reject(new Error([why, ...log].join('\n')));
      };
      const timer = setTimeout(() => failed(`not every link came within ${readyWithinMs} ms`), readyWithinMs);
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          log.push(line);
          const link = /http:\/\/127\.0\.0\.1:[1-9]\d*\/demo\/\S+/.exec(line);
          const person = people.find((name) => line.includes(name));
          if (link && person) found.set(person, link[0]);
          if (found.size === people.length) {
            clearTimeout(timer);
            resolve(found);
          }
        });
      }
      child.once('error', (error) => failed(`the server did not start: ${error.message}`));
      child.once('exit', (code) => failed(`the server ended with ${code} before it was ready`));
    });
    const url = new URL(links.get('Priya Nandra') ?? '').origin;
    const server = new Server(url, links, log, child);
    await server.ready();
    return server;
  }

  /** The link that signs `person` in. */
  link(person: Person): string {
    const link = this.links.get(person);
    if (!link) throw new Error(`no sign-in link for ${person}`);
    return link;
  }

  /** Waits until `/health/ready` answers 200. */
  private async ready(): Promise<void> {
    const until = Date.now() + readyWithinMs;
    for (;;) {
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.status === 200) return;
      if (Date.now() > until || this.process.exitCode !== null) {
        this.process.kill('SIGKILL');
        throw new Error([`the server did not become ready: ${answer?.status}`, ...this.log].join('\n'));
      }
      await pause(20);
    }
  }

  /** Ends the server as a power cut does: nothing is told, nothing is tidied up. */
  async kill(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }

  /** Stops the server as an operator does. A stop that is not clean is an error. */
  async stop(): Promise<void> {
    const ended = this.process.exitCode === null ? once(this.process, 'exit') : Promise.resolve();
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), stoppedWithinMs);
    await ended;
    clearTimeout(timer);
    if (this.process.exitCode !== 0) {
      const how = this.process.signalCode ?? this.process.exitCode;
      throw new Error([`the server did not stop cleanly: ${how}`, ...this.log].join('\n'));
    }
  }
}
