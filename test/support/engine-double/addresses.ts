import { createServer, type Server } from 'node:net';

/** Blocks of 2^14 addresses in 127.64.0.0/10: every one of them is this machine's own, with nothing to set up. */
const blocks = 256;
const size = 2 ** 14;
/** Taken on a block's first address by whoever uses the block. */
const lockPort = 64_999;

/** Addresses for containers. Those that come free are used again last. */
export class Addresses {
  readonly #used = new Set<number>();
  readonly #block: number;
  #last = 1;

  constructor(block = 0) {
    this.#block = block;
  }

  take(): string {
    if (this.#used.size >= size - 4) throw new Error('every address of the block is in use');
    do this.#last = this.#last >= size - 2 ? 2 : this.#last + 1;
    while (this.#used.has(this.#last));
    this.#used.add(this.#last);
    return addressOf(this.#block, this.#last);
  }

  free(address: string): void {
    const [, second = 0, third = 0, fourth = 0] = address.split('.').map(Number);
    this.#used.delete((((second - 64) << 16) | (third << 8) | fourth) & (size - 1));
  }
}

function addressOf(block: number, number: number): string {
  const whole = block * size + number;
  return `127.${64 + (whole >> 16)}.${(whole >> 8) & 255}.${whole & 255}`;
}

/** A block that no other engine double of this machine uses, until it is released or the process ends. */
export async function lockBlock(): Promise<{ readonly block: number; release(): Promise<void> }> {
  const first = Math.floor(Math.random() * blocks);
  for (let tried = 0; tried < blocks; tried += 1) {
    const block = (first + tried) % blocks;
    const server = await listen(addressOf(block, 1));
    if (server === null) continue;
    return { block, release: () => new Promise((resolve) => server.close(() => resolve())) };
  }
  throw new Error(`all ${blocks} blocks of 127.64.0.0/10 are in use by other engine doubles`);
}

/** @returns null when somebody listens there */
function listen(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(lockPort, address, () => {
      server.unref();
      resolve(server);
    });
  });
}
