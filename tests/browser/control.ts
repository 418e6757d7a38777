// A control room on the product as it is run: `alongside serve` on a folder of its own, people with passwords, and one feed.
import type { Browser, Page } from '@playwright/test';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const binary = process.env.ALONGSIDE ?? join(import.meta.dirname, '../../target/debug/alongside');
const password = 'a long enough password';

/** Somebody who may sign in. */
export interface Account {
  name: string;
  shown: string;
  role: string;
  staff?: string;
}

export type Message = Record<string, unknown> & { id: string };

export class Control {
  private constructor(
    readonly url: string,
    /** Where switches record to, if it was asked for. */
    readonly sip: [host: string, port: number] | undefined,
    private readonly token: string,
    private readonly server: ChildProcess,
    private readonly args: string[],
  ) {}

  /** Makes the people and the feed `cad`, and waits until the server listens. Nobody in these folders is real, and they say so. */
  static async start(folder: string, people: Account[], options: string[] = []): Promise<Control> {
    const run = (args: string[], input = '') => execFileSync(binary, [...args, '--data', folder], { input }).toString().trim();
    for (const { name, shown, role, staff } of people) {
      const number = staff === undefined ? [] : ['--staff', staff];
      run(['admin', 'user', 'add', name, '--shown', shown, '--role', role, ...number], `${password}\n`);
    }
    const token = run(['admin', 'feed', 'grant', 'cad', '--force', 'example']);
    await writeFile(join(folder, 'SYNTHETIC.json'), '{"synthetic":true}');
    return await Control.serve(['serve', '--data', folder, '--listen', '127.0.0.1:0', ...options], token);
  }

  private static async serve(args: string[], token: string): Promise<Control> {
    const server = spawn(binary, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let sip: [string, number] | undefined;
    for await (const line of createInterface({ input: server.stdout })) {
      const [, host, port] = /sip:([\d.]+):(\d+)$/.exec(line) ?? [];
      if (host && port) sip = [host, Number(port)];
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url) return new Control(url, sip, token, server, args);
    }
    throw new Error('the server ended before it listened');
  }

  /** Sends messages by the feed. */
  async post(messages: Message[]): Promise<void> {
    const answer = await fetch(`${this.url}/api/v1/feeds/cad/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/x-ndjson' },
      body: messages.map((message) => JSON.stringify(message)).join('\n'),
    });
    if (!answer.ok) throw new Error(`the feed answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }

  /** Signs somebody in, in a browser context of their own. `before` runs in each of its pages first. */
  async enter(browser: Browser, name: string, before?: () => void): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    if (before) await page.addInitScript(before);
    await page.goto(`${this.url}/sign-in`);
    await page.getByLabel('Sign-in name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.pathname !== '/sign-in');
    return page;
  }

  /** Ends the server as a power cut does, and starts it again: at another address. */
  async crash(): Promise<Control> {
    const ended = once(this.server, 'exit');
    this.server.kill('SIGKILL');
    await ended;
    return await Control.serve(this.args, this.token);
  }

  async stop(): Promise<void> {
    const ended = once(this.server, 'exit');
    this.server.kill('SIGTERM');
    await ended;
  }
}
