import { join } from 'node:path';
import { OrderedChild } from '../../support/child-orders.ts';
import type { PassFigures, ScaleOptions } from './reconciler-main.ts';
import type { Usage } from './usage.ts';

const program = join(import.meta.dirname, 'reconciler-main.ts');
const cache = join(import.meta.dirname, '../../../node_modules/.cache/tenantry');

/** The real reconciler in a process of its own, so that its figures are its own. */
export class MeasuredReconciler {
  readonly #child: OrderedChild;

  private constructor(child: OrderedChild) {
    this.#child = child;
  }

  /** The process, with nothing opened yet. */
  static begin(): MeasuredReconciler {
    // Compiled code is kept, as the command itself does it: without, TypeScript is stripped at each start.
    const env = { NODE_COMPILE_CACHE: cache };
    return new MeasuredReconciler(
      new OrderedChild('the reconciler', program, { execArgv: ['--expose-gc'], env }),
    );
  }

  /**
   * Fills the cache of compiled code, as the command's own first start does. A process that has to strip types keeps the
   * stripper's 16 MiB for as long as it lives.
   */
  static async prepare(): Promise<void> {
    await MeasuredReconciler.begin().close();
  }

  async open(options: ScaleOptions): Promise<void> {
    await this.#child.order('open', options);
  }

  async pass(): Promise<PassFigures> {
    return (await this.#child.order('pass')) as PassFigures;
  }

  async run(): Promise<void> {
    await this.#child.order('run');
  }

  /** @param collect lets the garbage go first */
  async usage(collect = false): Promise<Usage> {
    return (await this.#child.order('usage', collect)) as Usage;
  }

  async close(): Promise<void> {
    try {
      await this.#child.order('close');
    } finally {
      await this.#child.end('SIGKILL');
    }
  }
}
