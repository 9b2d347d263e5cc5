import type { NodeMessage } from '../../schemas/link/messages.ts';
import { link } from '../../schemas/link/messages.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../ports.ts';
import type { LinkKey } from './link-key.ts';
import type { QrCode } from './link-sink.ts';
import { type LinkTiming, Session, type SessionOptions } from './session.ts';

export interface LinkOptions extends Pick<SessionOptions, 'outbox' | 'onRevision' | 'onLost' | 'onLookedAt'> {
  /** Address of the control node: `https://control.example.com`. */
  readonly control: string;
  readonly key: LinkKey;
  readonly platform: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly timing?: Partial<LinkTiming & { readonly mostWaitMs: number }>;
}

const usual = { connectMs: 10_000, pingMs: 10_000, silenceMs: 25_000, mostWaitMs: 30_000 };
const firstWaitMs = 250;

/**
 * Keeps a link to the control node: dials out, and dials again for as long as it runs. Whoever tells something through
 * it never waits for it.
 */
export class LinkClient {
  readonly #options: LinkOptions;
  readonly #timing: typeof usual;
  readonly #codes = new Map<string, QrCode>();
  #session: Session | null = null;
  #linked = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#timing = { ...usual, ...options.timing };
  }

  /** Whether the control node would tell of a new revision now. */
  get linked(): boolean {
    return this.#linked;
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, clock, control } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      const ended = await this.#once(signal);
      if (signal.aborted) return;
      failures = ended.linked ? 0 : failures + 1;
      const { mostWaitMs } = this.#timing;
      const longest = Math.min(mostWaitMs, firstWaitMs * 2 ** Math.min(failures, 16));
      // Full jitter over the upper half: nodes that lost the control node together do not come back together.
      const waitMs = Math.round(longest * (0.5 + Math.random() / 2));
      // Only the first of many failures is news.
      if (failures <= 1) {
        log.warn(
          { err: ended.error, control },
          'there is no link to the control node; what is to be told waits on disk',
        );
      }
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  /** Lines of a log that is looked at; dropped when they cannot go now. */
  sendLog(message: Extract<NodeMessage, { type: 'log' }>): void {
    this.#session?.sendNow(message);
  }

  /** Shows a QR code, also after the link was away, until it expires. */
  showQr(code: QrCode): void {
    this.#codes.set(code.tenant, code);
    this.#session?.sendNow({ type: 'qr', ...code });
  }

  async #once(signal: AbortSignal): Promise<{ readonly linked: boolean; readonly error?: unknown }> {
    const { key, clock, control, outbox, platform, version, log } = this.#options;
    let linked = false;
    try {
      const token = await key.token(clock.now());
      const session = new Session({
        ...this.#options,
        url: linkUrl(control),
        token,
        timing: this.#timing,
        hello: { type: 'hello', protocol: 1, node: key.node, platform, version, outbox: outbox.name },
        onLinked: () => {
          linked = true;
          this.#linked = true;
          log.info({ control }, 'linked to the control node');
          this.#showCodes(session);
        },
      });
      this.#session = session;
      await session.run(signal);
      return { linked };
    } catch (error) {
      return { linked, error };
    } finally {
      this.#session = null;
      this.#linked = false;
      this.#options.onLookedAt([]);
    }
  }

  #showCodes(session: Session): void {
    const now = this.#options.clock.now();
    for (const code of this.#codes.values()) {
      if (code.expiresAt > now) session.sendNow({ type: 'qr', ...code });
      else this.#codes.delete(code.tenant);
    }
  }
}

/** Where the link of a control node is. @throws TypeError when the address is none */
function linkUrl(control: string): URL {
  const url = new URL(link.path, control);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  return url;
}
