/** The control node as a process of its own, which is measured and steered over IPC: started by `control.ts`. */
import { flushCompileCache } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pino } from 'pino';
import type { WebOptions } from '../../../web/options.ts';
import { type RunningWeb, startWeb } from '../../../web/start.ts';
import { obeyVerbs } from '../../support/child-orders.ts';
import { collectGarbage, type Usage, usageOfSelf } from '../scale/usage.ts';

/** What the bench says of `WebOptions`; the rest is the same for all. */
export type ControlOptions = Pick<
  WebOptions,
  'dataDir' | 'repo' | 'platform' | 'databaseUrl' | 'trustedProxies'
>;

export type OpenedControl = Pick<RunningWeb, 'url' | 'cloneUrl' | 'setupToken' | 'store'>;

export interface ControlUsage extends Usage {
  /** The longest that a turn of the event loop was late since the last question, milliseconds. */
  readonly lateMs: number;
}

let web: RunningWeb | null = null;
const lateness = monitorEventLoopDelay({ resolution: 5 });

const verbs = {
  open: async (options: ControlOptions): Promise<OpenedControl> => {
    web = await startWeb({
      ...options,
      branch: 'main',
      host: '127.0.0.1',
      port: 0,
      publicUrl: null,
      signingKey: null,
      github: null,
      webhooks: {},
      metricsToken: null,
      ownersUseGit: false,
      page: null,
      log: pino({ level: 'silent' }),
      environment: { PATH: process.env['PATH'] },
    });
    lateness.enable();
    const { url, cloneUrl, setupToken, store } = web;
    return { url, cloneUrl, setupToken, store };
  },
  usage: async (collect: boolean): Promise<ControlUsage> => {
    const lateMs = lateness.max / 1e6;
    if (collect) await collectGarbage();
    lateness.reset();
    return { ...usageOfSelf(), lateMs };
  },
  close: async (): Promise<void> => {
    lateness.disable();
    await web?.close();
    web = null;
    // The process is ended when it has answered.
    flushCompileCache();
  },
};

obeyVerbs(verbs);
