import pLimit from 'p-limit';
import type { DesiredState } from '../desired-state/model.ts';
import { ReconcilerError } from './errors.ts';
import type { Files } from './ports.ts';
import { type Rendered, renderNode } from './render.ts';
import type { Source } from './source.ts';
import type { Vault } from './vault.ts';

export interface RenderedSourceOptions {
  readonly source: Source;
  readonly files: Pick<Files, 'configDir' | 'secretsDir'>;
  readonly vault: Vault;
  readonly platform: string;
  readonly node: string;
  /** Only compares: secrets need not be at hand. */
  readonly planOnly: boolean;
}

/** The revision in force as this node must have it, rendered once for as long as it stays in force. */
export class RenderedSource {
  readonly #options: RenderedSourceOptions;
  /** The first pass and a hint may ask at the same time; what follows the branch has one writer. */
  readonly #one = pLimit(1);
  #rendered: Rendered | null = null;

  constructor(options: RenderedSourceOptions) {
    this.#options = options;
  }

  /** What was rendered last; null before the first. */
  get rendered(): Rendered | null {
    return this.#rendered;
  }

  /** What is in force, without asking Git where it was asked already. */
  async current(signal: AbortSignal): Promise<Rendered> {
    const { source } = this.#options;
    return (
      this.#rendered ?? this.#one(async () => this.#render(source.desired ?? (await source.refresh(signal))))
    );
  }

  /**
   * Asks Git, and renders what is in force when it moved. Answers whether there is something to follow or to report: it
   * moved, the repository went away or came back, or a tenant waits for a secret (its key may have been made by now).
   */
  refresh(signal: AbortSignal): Promise<boolean> {
    const { source } = this.#options;
    return this.#one(async () => {
      const before = source.status;
      const desired = await source.refresh(signal);
      const known = this.#rendered;
      const whole = known?.desired === desired && Object.keys(known.refusals).length === 0;
      if (whole) return source.status !== before;
      await this.#render(desired);
      return true;
    });
  }

  async #render(desired: DesiredState): Promise<Rendered> {
    const { platform, node, files, vault, planOnly } = this.#options;
    if (desired.platform.name !== platform) throw renamed(platform, desired.platform.name);
    this.#rendered = await renderNode(desired, node, files, vault, planOnly);
    return this.#rendered;
  }
}

/** All labels say whose a container is by the platform's name: under another one, all of it would be a stranger's. */
function renamed(from: string, to: string): ReconcilerError {
  const message =
    `tenantry.yaml names the platform ${to} now, and what runs here belongs to ${from}; nothing is changed. ` +
    `Take the name back, or end this reconciler and start it anew for ${to}`;
  return new ReconcilerError('platform/renamed', message, { retry: 'never' });
}
