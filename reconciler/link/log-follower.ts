import { label } from '../../renderers/labels.ts';
import { containerName } from '../../renderers/names.ts';
import type { NodeMessage } from '../../schemas/link/messages.ts';
import type { Log } from '../log.ts';
import type { Clock, Docker } from '../ports.ts';
import { LogPlace } from './log-place.ts';

type LogMessage = Extract<NodeMessage, { type: 'log' }>;

export interface LogFollowerParts {
  readonly docker: Pick<Docker, 'listContainers' | 'logs'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly owner: { readonly platform: string; readonly node: string };
  /** Takes lines, or drops them. */
  readonly send: (message: LogMessage) => void;
}

/** Logs that are followed at once. */
const mostTenants = 20;
const mostLines = 200;
const longestLine = 4_096;
/** Lines are gathered this long; more than this many bytes a second of one tenant are passed over. */
const gatherMs = 100;
const mostBytesASecond = 256 * 1024;
/** A tenant without a container, or whose container ended, is looked at again after this long. */
const againMs = 1_000;

/** Follows the logs of those tenants that somebody looks at, and of nobody else. */
export class LogFollower {
  readonly #parts: LogFollowerParts;
  readonly #following = new Map<string, AbortController>();

  constructor(parts: LogFollowerParts) {
    this.#parts = parts;
  }

  /** These and only these are looked at from now on. */
  lookAt(tenants: readonly string[]): void {
    const wanted = new Set(tenants.slice(0, mostTenants));
    for (const [tenant, controller] of this.#following) {
      if (wanted.has(tenant)) continue;
      controller.abort(new Error('nobody looks any more'));
      this.#following.delete(tenant);
    }
    for (const tenant of wanted) {
      if (this.#following.has(tenant)) continue;
      const controller = new AbortController();
      this.#following.set(tenant, controller);
      void this.#follow(tenant, controller.signal);
    }
  }

  /** One container after the other, as they are replaced. */
  async #follow(tenant: string, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    const place = new LogPlace();
    while (!signal.aborted) {
      try {
        const id = await this.#container(tenant);
        if (id !== null) await this.#pass(tenant, id, place, signal);
      } catch (error) {
        log.warn({ tenant, err: error }, 'a log could not be followed; it is tried again');
      }
      await clock.sleep(againMs, signal).catch(() => undefined);
    }
  }

  async #container(tenant: string): Promise<string | null> {
    const { platform, node } = this.#parts.owner;
    const name = containerName.runtime(tenant);
    const labels = [`${label.platform}=${platform}`, `${label.node}=${node}`, `${label.tenant}=${tenant}`];
    const found = await this.#parts.docker.listContainers({ labels });
    return found.find(({ Names }) => Names.includes(`/${name}`))?.Id ?? null;
  }

  async #pass(tenant: string, id: string, place: LogPlace, signal: AbortSignal): Promise<void> {
    const { docker, clock } = this.#parts;
    const batch = new LineBatch(tenant, (message) => this.#parts.send(message), clock);
    try {
      for await (const line of docker.logs(id, place.options(id), signal)) {
        if (place.take(line)) batch.add(line.stream, line.text, line.at);
      }
    } finally {
      batch.end();
    }
  }
}

/** Gathers lines into messages, and passes over what is more than anybody can read. */
class LineBatch {
  readonly #tenant: string;
  readonly #send: (message: LogMessage) => void;
  readonly #clock: Clock;
  #lines: { at: string; stream: string; line: string }[] = [];
  #timer: NodeJS.Timeout | null = null;
  #window = { began: 0, bytes: 0, dropped: 0 };

  constructor(tenant: string, send: (message: LogMessage) => void, clock: Clock) {
    this.#tenant = tenant;
    this.#send = send;
    this.#clock = clock;
  }

  /** @param at when it was written; now, where the engine does not say */
  add(stream: string, text: string, at?: string): void {
    const now = this.#clock.monotonic();
    if (now - this.#window.began > 1_000) this.#begin(now);
    this.#window.bytes += text.length;
    if (this.#window.bytes > mostBytesASecond) {
      this.#window.dropped += 1;
      return;
    }
    this.#push(stream, text.slice(0, longestLine), at);
    if (this.#lines.length >= mostLines) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  end(): void {
    this.#begin(0);
    this.#flush();
  }

  #begin(now: number): void {
    const { dropped } = this.#window;
    if (dropped > 0) this.#push('tenantry', `${dropped} lines were passed over: they came too fast`);
    this.#window = { began: now, bytes: 0, dropped: 0 };
  }

  #push(stream: string, line: string, at = new Date(this.#clock.now()).toISOString()): void {
    this.#lines.push({ at, stream, line });
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#send({ type: 'log', tenant: this.#tenant, lines });
  }
}
