import { join } from 'node:path';
import { OrderedChild } from '../../support/child-orders.ts';
import type { FleetOptions, FleetSaid } from './fleet-main.ts';

const program = join(import.meta.dirname, 'fleet-main.ts');

/** Many linked nodes in a process of their own. */
export class LinkedFleet {
  /** How many. */
  readonly nodes: number;
  readonly #child = new OrderedChild('the nodes', program);

  private constructor(nodes: number) {
    this.nodes = nodes;
  }

  /** All join, and have everything to tell; none is linked. */
  static async open(options: FleetOptions): Promise<LinkedFleet> {
    const fleet = new LinkedFleet(options.nodes.length);
    try {
      await fleet.#child.order('open', options);
      return fleet;
    } catch (error) {
      await fleet.#child.end('SIGKILL');
      throw error;
    }
  }

  async dial(): Promise<void> {
    await this.#child.order('dial');
  }

  async change(count: number): Promise<void> {
    await this.#child.order('change', count);
  }

  async keepChanging(perSecond: number, seconds: number): Promise<void> {
    await this.#child.order('keepChanging', perSecond, seconds);
  }

  async delivered(): Promise<void> {
    await this.#child.order('delivered');
  }

  async said(): Promise<FleetSaid> {
    return (await this.#child.order('said')) as FleetSaid;
  }

  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#child.child;
    if (exitCode !== null || signalCode !== null) return;
    try {
      await this.#child.order('close');
    } finally {
      await this.#child.end('SIGKILL');
    }
  }
}
