import { once } from 'node:events';
import { join } from 'node:path';
import { OrderedChild } from '../../support/child-orders.ts';
import type { ControlOptions, ControlUsage, OpenedControl } from './control-main.ts';
import { Visitor } from './visitor.ts';

const program = join(import.meta.dirname, 'control-main.ts');
const cache = join(import.meta.dirname, '../../../node_modules/.cache/tenantry');
const administrator = { email: 'ada@example.com', name: 'Ada Lovelace' };

/** The real control node in a process of its own, so that its figures are its own, and its first administrator. */
export class MeasuredControl {
  readonly url: string;
  readonly cloneUrl: string;
  /** The administrator, signed in as a browser. */
  readonly admin: Visitor;
  readonly #child: OrderedChild;

  private constructor(child: OrderedChild, { url, cloneUrl }: OpenedControl, admin: Visitor) {
    this.url = url;
    this.cloneUrl = cloneUrl ?? '';
    this.admin = admin;
    this.#child = child;
  }

  /** Starts one that has no account yet; its first administrator signs up. */
  static async open(options: ControlOptions): Promise<MeasuredControl> {
    const env = { NODE_COMPILE_CACHE: cache };
    const child = new OrderedChild('the control node', program, { execArgv: ['--expose-gc'], env });
    try {
      const opened = (await child.order('open', options)) as OpenedControl;
      const invitation = opened.setupToken ?? '';
      const admin = await Visitor.signUp(opened.url, { ...administrator, invitation });
      return new MeasuredControl(child, opened, admin);
    } catch (error) {
      await child.end('SIGKILL');
      throw error;
    }
  }

  /** @param collect lets the garbage go first */
  async usage(collect = false): Promise<ControlUsage> {
    return (await this.#child.order('usage', collect)) as ControlUsage;
  }

  async close(): Promise<void> {
    const { child } = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    try {
      await this.#child.order('close');
      // It ends by itself, so that whatever profile it was asked for is written.
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    } finally {
      await this.#child.end('SIGKILL');
    }
  }
}
