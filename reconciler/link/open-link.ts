import { join, resolve } from 'node:path';
import type { Log } from '../log.ts';
import type { Clock, Docker } from '../ports.ts';
import type { StatusSink } from '../report/status.ts';
import { LinkClient } from './client.ts';
import { EventShare } from './event-share.ts';
import { readLinkKey } from './link-key.ts';
import { LinkSink } from './link-sink.ts';
import { LogFollower } from './log-follower.ts';
import { Outbox } from './outbox.ts';
import { hideWith, PieceMaker } from './pieces.ts';
import type { LinkTiming } from './session.ts';
import { Told } from './told.ts';

/** Which control node this node tells what it does. */
export interface ControlOptions {
  /** `https://control.example.com` */
  readonly url: string;
  /** Of this program, for people. */
  readonly version: string;
  readonly timing?: Partial<LinkTiming & { readonly mostWaitMs: number }>;
}

export interface NodeLinkOptions {
  readonly control: ControlOptions;
  readonly node: string;
  readonly platform: string;
  readonly dataDir: string;
  readonly secretsDir: string;
  readonly swapLimit: boolean;
  readonly docker: Docker;
  readonly clock: Clock;
  readonly log: Log;
  readonly local: StatusSink;
  /** The branch moved. */
  readonly onRevision: () => void;
}

/** The node's end of the node link. */
export interface NodeLink {
  readonly sink: StatusSink;
  linked(): boolean;
  /** Runs until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** @throws ReconcilerError `link/no-key`, `link/bad-key`: the node has not joined */
export async function openLink(options: NodeLinkOptions): Promise<NodeLink> {
  const { control, node, platform, clock, log, docker, swapLimit } = options;
  const dataDir = resolve(options.dataDir);
  const secretsDir = resolve(options.secretsDir);
  const key = await readLinkKey(dataDir, node);
  const outbox = await Outbox.open({ dir: join(dataDir, 'outbox'), clock, log });
  const hide = hideWith(key.hidingKey);
  const told = new Told(new PieceMaker(hide, { swapLimit, folders: { dataDir, secretsDir } }), hide);
  const sink = new LinkSink({
    local: options.local,
    outbox,
    told,
    share: new EventShare(() => clock.monotonic()),
    log,
    onQr: (code) => client.showQr(code),
  });
  const follower = new LogFollower({
    docker,
    clock,
    log,
    owner: { platform, node },
    send: (message) => client.sendLog(message),
  });
  const client = new LinkClient({
    control: control.url,
    version: control.version,
    ...(control.timing === undefined ? {} : { timing: control.timing }),
    key,
    platform,
    outbox,
    clock,
    log,
    onRevision: options.onRevision,
    onLost: () => sink.tellAll(),
    onLookedAt: (tenants) => follower.lookAt(tenants),
  });
  return {
    sink,
    linked: () => client.linked,
    run: (signal) => client.run(signal),
    close: () => outbox.close(),
  };
}
