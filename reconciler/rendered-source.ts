import pLimit from 'p-limit';
import type { DesiredState } from '../desired-state/model.ts';
import { ReconcilerError } from './errors.ts';
import { type Rendered, type RenderOptions, renderNode } from './render.ts';
import type { Source } from './source.ts';

export interface RenderedSourceOptions extends RenderOptions {
  readonly source: Source;
  readonly platform: string;
}

const nobody: ReadonlySet<string> = new Set();

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
   * Asks Git, and renders what is in force when it moved. Answers the tenants that are to be other than before, or null
   * when there is nothing to follow nor to report: the branch did not move, the repository neither went away nor came
   * back, and no tenant waits for a secret (its key may have been made by now).
   */
  refresh(signal: AbortSignal): Promise<ReadonlySet<string> | null> {
    const { source } = this.#options;
    return this.#one(async () => {
      const before = source.status;
      const desired = await source.refresh(signal);
      const known = this.#rendered;
      const whole = known?.desired === desired && Object.keys(known.refusals).length === 0;
      if (whole) return source.status === before ? null : nobody;
      return (await this.#render(desired)).changed;
    });
  }

  async #render(desired: DesiredState): Promise<Rendered> {
    const { platform } = this.#options;
    if (desired.platform.name !== platform) throw renamed(platform, desired.platform.name);
    this.#rendered = await renderNode(desired, this.#options, this.#rendered);
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
