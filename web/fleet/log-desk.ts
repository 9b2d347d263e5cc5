import type { LogLine } from '../api/models/tenant.ts';

/** Lines that wait for a reader who is slow; then the oldest are passed over. */
const mostWaiting = 2_000;

interface Reader {
  lines: LogLine[];
  passedOver: number;
  wake: () => void;
}

/** Who looks at which log, and what comes for them. A log that nobody looks at is not sent. */
export class LogDesk {
  readonly #readers = new Map<string, Set<Reader>>();
  readonly #onLookedAt = new Set<() => void>();

  /** Tenants whose logs somebody looks at now. */
  lookedAt(): string[] {
    return [...this.#readers.keys()];
  }

  /** Calls back when `lookedAt` is another. */
  onLookedAt(listener: () => void): void {
    this.#onLookedAt.add(listener);
  }

  took(tenant: string, lines: readonly LogLine[]): void {
    for (const reader of this.#readers.get(tenant) ?? []) {
      reader.lines.push(...lines);
      const tooMany = reader.lines.length - mostWaiting;
      if (tooMany > 0) {
        reader.lines.splice(0, tooMany);
        reader.passedOver += tooMany;
      }
      reader.wake();
    }
  }

  /** Lines as they come, until `signal` aborts. */
  async *read(tenant: string, signal: AbortSignal): AsyncGenerator<readonly LogLine[]> {
    const reader: Reader = { lines: [], passedOver: 0, wake: () => undefined };
    const stop = (): void => reader.wake();
    signal.addEventListener('abort', stop, { once: true });
    this.#add(tenant, reader);
    try {
      while (!signal.aborted) {
        if (reader.lines.length === 0) {
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
          continue;
        }
        const { lines, passedOver } = reader;
        reader.lines = [];
        reader.passedOver = 0;
        yield passedOver === 0 ? lines : [passedOverNote(lines, passedOver), ...lines];
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#remove(tenant, reader);
    }
  }

  #add(tenant: string, reader: Reader): void {
    const readers = this.#readers.get(tenant) ?? new Set<Reader>();
    const isNew = readers.size === 0;
    this.#readers.set(tenant, readers.add(reader));
    // Whoever comes to a log that is sent already gets what comes from now on.
    if (isNew) this.#tell();
  }

  #remove(tenant: string, reader: Reader): void {
    const readers = this.#readers.get(tenant);
    readers?.delete(reader);
    if (readers?.size !== 0) return;
    this.#readers.delete(tenant);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#onLookedAt) listener();
  }
}

function passedOverNote(lines: readonly LogLine[], count: number): LogLine {
  return {
    at: lines[0]?.at ?? '',
    stream: 'tenantry',
    line: `${count} lines were passed over: they came too fast`,
  };
}
