import { join } from 'node:path';
import { localWebOptions } from '../../web/options.ts';
import { type RunningWeb, startWeb } from '../../web/start.ts';
import { buildPage } from '../../web/ui/build.ts';
import { type AskApi, joinNode, signUpAdministrator } from './control-api.ts';
import { silentLog } from './database.ts';
import type { TestHost } from './host.ts';

/** A control node over a host's repository, with its page, and that host's node linked to it. */
export interface ControlHouse {
  readonly web: RunningWeb;
  readonly ask: AskApi;
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
  const ask = await signUpAdministrator(web.url, web.setupToken);
  await joinNode(ask, web.url, host.node, join(host.dir, 'data'));
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
