import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../reconciler/adapters/clock.ts';
import { LinkClient } from '../../reconciler/link/client.ts';
import { type LinkKey, makeLinkKey } from '../../reconciler/link/link-key.ts';
import { Outbox } from '../../reconciler/link/outbox.ts';
import { quiet } from './sandbox.ts';

/** Impatient, so that a link that was cut is there again soon. */
export const quickly = { connectMs: 2_000, pingMs: 200, silenceMs: 1_000, mostWaitMs: 100 };

/** A node's end of the link over a folder of its own, without a reconciler. */
export interface LinkedNode {
  readonly key: LinkKey;
  readonly outbox: Outbox;
  readonly client: LinkClient;
  readonly dir: string;
  /** Revisions that it was told of. */
  readonly revisions: string[];
  readonly lookedAt: string[][];
  /** How often it was to tell everything again. */
  lost: number;
  /** Dials, until `stop`. */
  start(control: string): void;
  stop(): Promise<void>;
  /** Stops, and removes its folder. */
  close(): Promise<void>;
}

export async function linkedNode(name: string, dir?: string): Promise<LinkedNode> {
  const folder = dir ?? (await mkdtemp(join(tmpdir(), 'tenantry-link-')));
  const key = await makeLinkKey(folder, name);
  const outbox = await Outbox.open({ dir: join(folder, 'outbox'), clock: systemClock, log: quiet });
  let running: { readonly stop: AbortController; readonly ended: Promise<void> } | null = null;
  let client: LinkClient | null = null;
  const node: LinkedNode = {
    key,
    outbox,
    dir: folder,
    revisions: [],
    lookedAt: [],
    lost: 0,
    get client() {
      if (client === null) throw new Error('start it first');
      return client;
    },
    start(control) {
      client = new LinkClient({
        control,
        key,
        platform: 'test',
        version: '0',
        outbox,
        clock: systemClock,
        log: quiet,
        timing: quickly,
        onRevision: (oid) => void node.revisions.push(oid),
        onLost: () => {
          node.lost += 1;
        },
        onLookedAt: (tenants) => void node.lookedAt.push([...tenants]),
      });
      const stop = new AbortController();
      running = { stop, ended: client.run(stop.signal) };
    },
    async stop() {
      running?.stop.abort(new Error('the test ends'));
      await running?.ended;
      running = null;
    },
    async close() {
      await node.stop();
      await outbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return node;
}
