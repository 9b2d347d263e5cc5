import { Compile } from 'typebox/compile';
import { seesCode, seesTenant } from '../access/judge.ts';
import type { CommitProgress } from '../api/models/edit.ts';
import { clientMessage, type ServerMessage } from '../api/models/live.ts';
import type { NodeView } from '../api/models/platform.ts';
import type { TenantSummary } from '../api/models/tenant.ts';
import type { Log } from '../log.ts';
import type { Branch, Caller, Fleet, Stop } from '../ports.ts';
import { LiveClient, type LiveSocket } from './live-client.ts';
import { followsTenant, refusalOf, topicOf } from './topics.ts';

/** What the sockets of browsers are told from. */
export interface LiveSources {
  readonly fleet: Pick<Fleet, 'onNode' | 'onEvent' | 'qr' | 'tenant' | 'logs'>;
  readonly branch: Pick<Branch, 'onMoved'>;
  /** Each tenant's line of the list. */
  readonly tenants: {
    get(name: string): TenantSummary | null;
    onChange(listener: (name: string, summary: TenantSummary | null) => void): Stop;
  };
  readonly node: (name: string) => NodeView | null;
  /** What needs a person. */
  readonly attention: {
    of(visible: ReadonlySet<string> | null): readonly unknown[];
    onChange(listener: () => void): Stop;
  };
  /** How far commits have come, as a caller may see it. */
  readonly progress: {
    onProgress(listener: (commit: string) => void): Stop;
    of(commit: string, caller: Caller): Promise<CommitProgress | null>;
  };
  readonly log: Log;
  readonly now: () => number;
}

const mostTopics = 200;
const mostLogs = 10;
const check = Compile(clientMessage);

/** One client: what it follows, and what it is told of that. */
export class LiveSession {
  readonly #sources: LiveSources;
  readonly #caller: Caller;
  readonly #onRefused: (topic: string, why: string) => void;
  readonly #client: LiveClient;
  readonly #topics = new Set<string>();
  readonly #logs = new Map<string, AbortController>();
  readonly #stops: readonly Stop[];
  /** What needs a person, as it was last said. */
  #waiting: number | null = null;

  /** @param onRefused hears what he asked to follow and may not, and why */
  constructor(
    sources: LiveSources,
    caller: Caller,
    socket: LiveSocket,
    onRefused: (topic: string, why: string) => void,
  ) {
    this.#onRefused = onRefused;
    this.#sources = sources;
    this.#caller = caller;
    const { fleet, branch, tenants, attention, progress, log } = sources;
    this.#client = new LiveClient(socket, (error) => log.error({ err: error }, 'a client was not told'));
    this.#stops = [
      tenants.onChange((name) => this.#tenant(name)),
      fleet.onNode((name) => this.#node(name)),
      fleet.onEvent((event) => {
        const { tenant } = event;
        if (tenant === null || !this.#topics.has(`tenant:${tenant}`)) return;
        // Which tenants are somebody's may have changed since he asked.
        if (event.type === 'qr' ? seesCode(caller, tenant) : seesTenant(caller, tenant))
          this.#client.happened(event);
      }),
      branch.onMoved((revision) => {
        if (this.#topics.size === 0) return;
        this.#client.changed('revision', () => ({ type: 'revision', revision }));
      }),
      attention.onChange(() => this.#attention()),
      progress.onProgress((commit) => {
        if (!this.#topics.has('commits')) return;
        this.#client.changed(`progress:${commit}`, async () => {
          const found = await progress.of(commit, caller);
          return found === null ? null : { type: 'progress', progress: found };
        });
      }),
    ];
  }

  /** What the client said. @returns whether it makes sense */
  take(text: string): boolean {
    const message = parsed(text);
    if (!check.Check(message)) return false;
    if (message.type === 'ping') this.#client.answer({ type: 'pong' });
    else if (message.type === 'subscribe') this.#subscribe(message.topics);
    else for (const topic of message.topics) this.#unsubscribe(topic);
    return true;
  }

  close(): void {
    for (const stop of this.#stops) stop();
    for (const controller of this.#logs.values()) controller.abort(new Error('the client went away'));
    this.#client.close();
  }

  #subscribe(topics: readonly string[]): void {
    const taken: string[] = [];
    for (const text of topics) {
      const refusal = this.#refusal(text);
      if (refusal === null) taken.push(text);
      else this.#client.answer({ type: 'refused', topic: text.slice(0, 100), detail: refusal });
    }
    for (const text of taken) this.#topics.add(text);
    this.#client.answer({ type: 'subscribed', topics: taken });
    for (const text of taken) this.#begin(text);
  }

  #refusal(text: string): string | null {
    const topic = topicOf(text);
    if (topic === null) return 'There is no such topic.';
    if (this.#topics.size >= mostTopics) return `More than ${mostTopics} topics cannot be followed at once.`;
    if (topic.kind === 'logs' && this.#logs.size >= mostLogs) {
      return `More than ${mostLogs} logs cannot be followed at once.`;
    }
    const refusal = refusalOf(topic, this.#caller);
    if (refusal !== null) this.#onRefused(text, refusal);
    return refusal;
  }

  /** Whoever begins to follow a tenant is told what is now. */
  #begin(text: string): void {
    const topic = topicOf(text);
    if (topic?.kind === 'logs') return this.#followLog(topic.tenant);
    if (topic?.kind === 'attention') {
      this.#waiting = null;
      return this.#attention();
    }
    if (topic?.kind !== 'tenant') return;
    const { tenant } = topic;
    this.#tenant(tenant);
    if (!seesCode(this.#caller, tenant)) return;
    const { fleet, now } = this.#sources;
    const qr = fleet.qr(tenant);
    const node = fleet.tenant(tenant)?.node ?? '';
    if (qr !== null) {
      this.#client.happened({ id: 0, at: now(), node, tenant, type: 'qr', data: { ...qr } });
    }
  }

  #unsubscribe(text: string): void {
    this.#topics.delete(text);
    const topic = topicOf(text);
    if (topic?.kind !== 'logs') return;
    this.#logs.get(topic.tenant)?.abort(new Error('the client looks away'));
    this.#logs.delete(topic.tenant);
  }

  #followLog(tenant: string): void {
    if (this.#logs.has(tenant)) return;
    const controller = new AbortController();
    this.#logs.set(tenant, controller);
    const { fleet, log } = this.#sources;
    const read = async (): Promise<void> => {
      for await (const lines of fleet.logs(tenant, controller.signal)) this.#client.wrote(tenant, lines);
    };
    read().catch((error: unknown) => log.error({ tenant, err: error }, 'a log could not be shown'));
  }

  #tenant(name: string): void {
    if (!followsTenant(this.#topics, this.#caller, name)) return;
    this.#client.changed(`tenant:${name}`, (): ServerMessage => {
      const tenant = this.#sources.tenants.get(name);
      return tenant === null ? { type: 'tenant-gone', name } : { type: 'tenant', tenant };
    });
  }

  /** A number that is the same again is nothing to say; whoever begins to follow is told it once. */
  #attention(): void {
    if (!this.#topics.has('attention')) return;
    this.#client.changed('attention', (): ServerMessage | null => {
      const waiting = this.#sources.attention.of(this.#caller.tenants).length;
      if (waiting === this.#waiting) return null;
      this.#waiting = waiting;
      return { type: 'attention', waiting };
    });
  }

  #node(name: string): void {
    if (!this.#topics.has('nodes')) return;
    this.#client.changed(`node:${name}`, () => {
      const node = this.#sources.node(name);
      return node === null ? null : { type: 'node', node };
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
