import type { Docker, EngineEvent } from '../../reconciler/ports.ts';

const boundMs = 30_000;

interface Waiter {
  readonly id: string;
  readonly action: string;
  readonly resolve: (event: EngineEvent) => void;
}

/** Listens to the engine and hands out container events to who waits for them. */
export class EngineTape {
  #waiting: Waiter[] = [];

  /** Listens until `signal` aborts; resolves when the engine has begun to tell. */
  async listen(docker: Docker, signal: AbortSignal): Promise<void> {
    const connected = Promise.withResolvers<void>();
    void docker.watchEvents((event) => this.#tell(event), connected.resolve, signal).catch(connected.reject);
    await connected.promise;
  }

  /**
   * The next such event of this container from now on.
   * @throws when it does not come within 30 s
   */
  next(id: string, action: 'die' | 'start'): Promise<EngineEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<EngineEvent>();
    const timer = setTimeout(
      () => reject(new Error(`container ${id} did not ${action} within 30 s`)),
      boundMs,
    );
    this.#waiting.push({ id, action, resolve });
    return promise.finally(() => clearTimeout(timer));
  }

  #tell(event: EngineEvent): void {
    const meant = (waiter: Waiter) => waiter.id === event.id && waiter.action === event.action;
    const told = this.#waiting.filter(meant);
    this.#waiting = this.#waiting.filter((waiter) => !meant(waiter));
    for (const waiter of told) waiter.resolve(event);
  }
}
