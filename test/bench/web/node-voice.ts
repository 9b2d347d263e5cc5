import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../reconciler/adapters/clock.ts';
import { LinkClient } from '../../../reconciler/link/client.ts';
import { joinControl } from '../../../reconciler/link/join.ts';
import { readLinkKey } from '../../../reconciler/link/link-key.ts';
import { Outbox } from '../../../reconciler/link/outbox.ts';
import type { LinkEntry } from '../../../schemas/link/messages.ts';
import { silent } from '../scale/silent.ts';
import { type NodeWords, type Speaker, saidChange, saidWhole } from './node-words.ts';

export interface VoiceOptions {
  readonly control: string;
  readonly link: string;
  readonly dataDir: string;
  readonly token: string;
}

const lookMs = 20;

/** A node's end of the link as it is (key, outbox on disk, client), which tells what a reconciler would. */
export class NodeVoice {
  /** Since when each tenant is in the phase that was told last: no two are the same moment. */
  readonly since = new Map<string, number>();
  outcomes = 0;
  readonly #speaker: Speaker;
  readonly #words: NodeWords;
  readonly #outbox: Outbox;
  readonly #client: LinkClient;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #turn = 0;

  private constructor(speaker: Speaker, words: NodeWords, outbox: Outbox, client: LinkClient) {
    this.#speaker = speaker;
    this.#words = words;
    this.#outbox = outbox;
    this.#client = client;
  }

  static async join(
    speaker: Speaker,
    words: NodeWords,
    { control, link, dataDir, token }: VoiceOptions,
  ): Promise<NodeVoice> {
    const { node } = speaker;
    await joinControl({ control, node, token, dataDir });
    const outbox = await Outbox.open({ dir: join(dataDir, 'outbox'), clock: systemClock, log: silent });
    const client = new LinkClient({
      control: link,
      key: await readLinkKey(dataDir, node),
      platform: 'bench',
      version: '0',
      outbox,
      clock: systemClock,
      log: silent,
      onRevision: () => undefined,
      onLost: () => {
        throw new Error(`entries of ${node} were lost`);
      },
      onLookedAt: () => undefined,
    });
    return new NodeVoice(speaker, words, outbox, client);
  }

  dial(): void {
    this.#running = this.#client.run(this.#stop.signal);
  }

  async tellAll(): Promise<void> {
    const since = Date.now();
    for (const tenant of this.#speaker.tenants) this.since.set(tenant, since);
    await this.#tell(saidWhole(this.#words, this.#speaker, since));
  }

  /** A repair of the tenant whose turn it is. */
  async change(): Promise<void> {
    const { tenants } = this.#speaker;
    const tenant = tenants[this.#turn % tenants.length];
    if (tenant === undefined) throw new Error('a node without tenants has nothing to tell');
    this.#turn += 1;
    const since = Math.max(Date.now(), (this.since.get(tenant) ?? 0) + 1);
    this.since.set(tenant, since);
    const entries = saidChange(this.#words, this.#speaker, tenant, since);
    this.outcomes += entries.filter(({ kind }) => kind === 'outcome').length;
    await this.#tell(entries);
  }

  /** Resolves when the control node has acknowledged all that was told. */
  async delivered(): Promise<void> {
    while (this.#outbox.first <= this.#outbox.last) await sleep(lookMs);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('measured enough'));
    await this.#running;
    await this.#outbox.close();
  }

  async #tell(entries: readonly LinkEntry[]): Promise<void> {
    await Promise.all(entries.map((entry) => this.#outbox.append(entry)));
  }
}
