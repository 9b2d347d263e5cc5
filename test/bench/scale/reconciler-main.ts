/** The reconciler as a process of its own, which is measured and steered over IPC: started by `reconciler.ts`. */
import { flushCompileCache } from 'node:module';
import { keepHeapSmall } from '../../../deploy/cli/heap.ts';
import { startReconciler } from '../../../reconciler/start.ts';
import { obeyVerbs } from '../../support/child-orders.ts';
import { silent } from './silent.ts';
import { collectGarbage, type Usage, usageOfSelf } from './usage.ts';

type Running = Awaited<ReturnType<typeof startReconciler>>;

/** What the parent names of `StartOptions`; the rest is functions, which do not go over. */
export interface ScaleOptions {
  readonly repo: string;
  readonly node: string;
  readonly dockerHost: string;
  readonly dataDir: string;
  readonly secretsDir: string;
  /** How often all is looked at anew, in milliseconds; without it never, so that nothing but what is measured happens. */
  readonly tickMs?: number;
}

export interface PassFigures {
  readonly wallMs: number;
  readonly ownMs: number;
  readonly childrenMs: number;
  /** Tenants that the plan changes. */
  readonly changes: number;
  readonly tenants: number;
}

/** An hour: longer than anything that is measured without it. */
const never = 3_600_000;

// As `tenantry reconcile` does.
keepHeapSmall();

let reconciler: Running | null = null;
let stop: (() => Promise<void>) | null = null;

const verbs = {
  open: async (options: ScaleOptions): Promise<void> => {
    const more = { branch: 'main', pollMs: never, log: silent, onEvent: () => {} };
    reconciler = await startReconciler({ tickMs: never, ...options, ...more }, 'reconcile');
  },
  /** One full pass: everything is read anew, compared and planned, and the status written. */
  pass: async (): Promise<PassFigures> => {
    const before = usageOfSelf();
    const began = performance.now();
    const { plan } = await opened().plan();
    const wallMs = performance.now() - began;
    const after = usageOfSelf();
    return {
      wallMs,
      ownMs: after.ownMs - before.ownMs,
      childrenMs: after.childrenMs - before.childrenMs,
      changes: plan.tenants.filter(({ waves }) => waves.length > 0).length,
      tenants: plan.tenants.length,
    };
  },
  /** Begins to run until `halt`. */
  run: async (): Promise<void> => {
    const abort = new AbortController();
    const running = opened().run(abort.signal);
    stop = async () => {
      abort.abort(new Error('measured enough'));
      await running;
    };
  },
  halt: async (): Promise<void> => {
    await stop?.();
    stop = null;
  },
  usage: async (collect: boolean): Promise<Usage> => {
    if (collect) await collectGarbage();
    return usageOfSelf();
  },
  close: async (): Promise<void> => {
    await verbs.halt();
    await reconciler?.close();
    reconciler = null;
    // The process is killed when it has answered: nothing is written at its end.
    flushCompileCache();
  },
};

obeyVerbs(verbs);

function opened(): Running {
  if (reconciler === null) throw new Error('the reconciler was not opened');
  return reconciler;
}
