import { join } from 'node:path';
import { joinControl } from '../../reconciler/link/join.ts';
import type { SignedIn } from '../../web/api/models/auth.ts';
import { localWebOptions } from '../../web/options.ts';
import { type RunningWeb, startWeb } from '../../web/start.ts';
import { buildPage } from '../../web/ui/build.ts';
import { silentLog } from './database.ts';
import type { TestHost } from './host.ts';

export const administrator = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  password: 'correct horse battery',
};

/** A control node over a host's repository, with its page, and that host's node linked to it. */
export interface ControlHouse {
  readonly web: RunningWeb;
  /** Asks the API as the administrator. @throws Error with the answer when it is refused */
  ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Ends the control node alone. */
  stopWeb(): Promise<void>;
  /** Starts it again, where it was. */
  startWeb(): Promise<void>;
  close(): Promise<void>;
}

/** The host must have no reconciler that runs. */
export async function controlHouse(host: TestHost): Promise<ControlHouse> {
  const page = await buildPage();
  const start = (port: number): Promise<RunningWeb> =>
    startWeb(
      localWebOptions({
        dataDir: join(host.dir, 'control'),
        repo: host.repository.dir,
        platform: host.platform,
        port,
        page,
        pollMs: 500,
        log: silentLog,
        environment: { PATH: process.env['PATH'] },
      }),
    );
  let web = await start(0);
  const port = Number(new URL(web.url).port);
  let token: string | null = null;
  const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const reply = await fetch(web.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as Answer;
  };
  const signed = await ask<SignedIn>('POST', '/v1/auth/signup', {
    ...administrator,
    invitation: web.setupToken,
    client: 'program',
  });
  token = signed.tokens?.accessToken ?? null;
  const invited = await ask<{ token: string }>('POST', `/v1/nodes/${host.node}/join-token`, {});
  await joinControl({
    control: web.url,
    node: host.node,
    token: invited.token,
    dataDir: join(host.dir, 'data'),
  });
  const running = await host.run({ control: { url: web.url, version: '0' }, pollMs: 60_000, tickMs: 2_000 });
  return {
    get web() {
      return web;
    },
    ask,
    stopWeb: () => web.close(),
    startWeb: async () => {
      web = await start(port);
    },
    close: async () => {
      await running.stop();
      await web.close();
    },
  };
}
