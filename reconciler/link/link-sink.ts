import type { LinkEntry } from '../../schemas/link/messages.ts';
import type { TenantResult } from '../apply/run.ts';
import type { Log } from '../log.ts';
import type { NodeEvent, NodeStatus, StatusBasis, StatusSink } from '../report/status.ts';
import type { EventShare } from './event-share.ts';
import type { Told } from './told.ts';

/** A QR code that a phone may scan until `expiresAt` (milliseconds since the epoch). */
export interface QrCode {
  readonly tenant: string;
  readonly code: string;
  readonly expiresAt: number;
}

export interface LinkSinkParts {
  /** Where the node keeps its own copy. */
  readonly local: StatusSink;
  readonly outbox: { append(entry: LinkEntry): Promise<void> };
  readonly told: Told;
  readonly share: EventShare;
  readonly log: Log;
  /** A code is shown to whoever looks now, and is stored nowhere. */
  readonly onQr: (code: QrCode) => void;
}

/** Tells the control node what the node's own files are told, by way of the outbox. */
export class LinkSink implements StatusSink {
  readonly #parts: LinkSinkParts;
  #last: { readonly status: NodeStatus; readonly basis: StatusBasis } | null = null;

  constructor(parts: LinkSinkParts) {
    this.#parts = parts;
  }

  async publish(status: NodeStatus, basis: StatusBasis): Promise<void> {
    this.#last = { status, basis };
    try {
      await this.#parts.local.publish(status, basis);
    } finally {
      // Also what the node's own disk did not take.
      this.#tell();
    }
  }

  async record(result: TenantResult): Promise<void> {
    const told = this.#append({ kind: 'outcome', result: { ...result, steps: [...result.steps] } });
    await this.#parts.local.record(result);
    await told;
  }

  event({ type, data, tenant, at, once }: NodeEvent): void {
    if (type === 'qr') return this.#qr(tenant, data);
    const passedOver = tenant === null ? 0 : this.#parts.share.take(tenant);
    if (passedOver === null) return;
    if (passedOver > 0)
      void this.#append({
        kind: 'event',
        tenant,
        at,
        type: 'events/passed-over',
        data: { count: passedOver },
      });
    const entry = { kind: 'event', tenant, at, type, data: { ...data } } as const;
    void this.#append(once === undefined ? entry : { ...entry, once });
  }

  /** Entries were lost on their way: tells everything again. */
  tellAll(): void {
    this.#parts.told.forget();
    this.#tell();
  }

  #tell(): void {
    if (this.#last === null) return;
    const { status, basis } = this.#last;
    for (const entry of this.#parts.told.entries(status, basis)) void this.#append(entry);
  }

  /** Never rejects: a node converges whether or not it can tell so. */
  #append(entry: LinkEntry): Promise<void> {
    return this.#parts.outbox
      .append(entry)
      .catch((error: unknown) =>
        this.#parts.log.error({ err: error, kind: entry.kind }, 'the outbox did not take an entry'),
      );
  }

  #qr(tenant: string | null, { code, expiresAt }: NodeEvent['data']): void {
    const until = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN;
    if (tenant === null || typeof code !== 'string' || Number.isNaN(until)) return;
    this.#parts.onQr({ tenant, code, expiresAt: until });
  }
}
