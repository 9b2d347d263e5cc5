import type { ServerMessage } from '../../../web/api/models/live.ts';
import { openSocket, type Visitor } from './visitor.ts';

/** A page that shows all tenants and all nodes: what it was told last of each, and how late. */
export class Screen {
  readonly #shown = new Map<string, { readonly phase: string; readonly since: number }>();
  readonly #linked = new Map<string, boolean>();
  #late: number[] = [];
  #socket: { close(): Promise<void> } | null = null;

  static async open(visitor: Visitor): Promise<Screen> {
    const screen = new Screen();
    screen.#socket = await openSocket(visitor, ['tenants', 'nodes'], (message) => screen.#take(message));
    return screen;
  }

  /** Milliseconds from a change on a node to here, of each that was seen since the last question. */
  takeLateness(): number[] {
    return this.#late.splice(0);
  }

  /** How many of these are in sync since then. */
  inSync(expected: ReadonlyMap<string, number>): number {
    return [...expected].filter(([tenant, since]) => {
      const shown = this.#shown.get(tenant);
      return shown?.phase === 'InSync' && shown.since === since;
    }).length;
  }

  /** Nodes that were said to be linked by the last message about them. */
  get linked(): number {
    return [...this.#linked.values()].filter((linked) => linked).length;
  }

  async close(): Promise<void> {
    await this.#socket?.close();
  }

  #take(message: ServerMessage): void {
    if (message.type === 'node') this.#linked.set(message.node.name, message.node.linked);
    if (message.type !== 'tenant') return;
    const { name, phase, since } = message.tenant;
    if (phase === 'InSync' && this.#shown.get(name)?.since !== since) this.#late.push(Date.now() - since);
    this.#shown.set(name, { phase, since });
  }
}
