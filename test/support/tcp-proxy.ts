import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A byte proxy on the loopback address that can be a bad network. */
export interface TcpProxy {
  readonly port: number;
  /** Where it leads; another one after what was there is gone. */
  target: number;
  /** `pass`; `refuse`: connections end at once; `swallow`: they stand, and nothing goes through. */
  how: 'pass' | 'refuse' | 'swallow';
  /** Milliseconds that each piece takes. */
  delayMs: number;
  /** Each new connection ends after this many bytes from its client; null: none does. */
  cutAfter: (() => number) | null;
  /** Sees each piece that goes back to a client, before it goes; null: nobody looks. */
  onReply: ((chunk: Buffer) => void) | null;
  /** Ends all connections that are open now. */
  cut(): void;
  close(): Promise<void>;
}

export async function openTcpProxy(target: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    if (proxy.how === 'refuse') return void client.destroy();
    const other = connect(proxy.target, '127.0.0.1');
    let left = proxy.cutAfter?.() ?? Number.POSITIVE_INFINITY;
    const end = (): void => {
      for (const socket of [client, other]) {
        socket.destroy();
        open.delete(socket);
      }
    };
    const pass = (chunk: Buffer, to: Socket, counts: boolean): void => {
      if (proxy.how === 'swallow') return;
      const part = counts ? chunk.subarray(0, Math.max(0, left)) : chunk;
      if (counts) left -= chunk.length;
      const cut = counts && left <= 0;
      const send = (): void => {
        if (!to.destroyed) to.write(part, () => (cut ? end() : undefined));
      };
      if (proxy.delayMs === 0) send();
      else setTimeout(send, proxy.delayMs);
    };
    for (const socket of [client, other]) {
      open.add(socket);
      // Either end may go away at any time: that is what the proxy is for.
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (chunk: Buffer) => pass(chunk, other, true));
    other.on('data', (chunk: Buffer) => {
      proxy.onReply?.(chunk);
      pass(chunk, client, false);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    target,
    how: 'pass',
    delayMs: 0,
    cutAfter: null,
    onReply: null,
    cut() {
      for (const socket of open) socket.destroy();
    },
    async close() {
      proxy.how = 'refuse';
      proxy.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
