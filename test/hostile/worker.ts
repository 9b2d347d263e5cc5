import type { Repository } from '../../desired-state/git/port.ts';
import { createReadCache, readDesired } from '../../desired-state/read/last-good.ts';
import { countCalls } from '../../reconciler/adapters/docker-count.ts';
import { nodeKeyOpener } from '../../reconciler/adapters/node-key.ts';
import { MemoryStore } from '../../reconciler/memory-store.ts';
import { Reconciler } from '../../reconciler/reconcile.ts';
import type { NodeStatus } from '../../reconciler/report/status.ts';
import { Source } from '../../reconciler/source.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { FakeBridge, FakeClock, FakeFiles, FakeProbe, FakeState } from '../support/fake-ports.ts';
import { quiet } from '../support/sandbox.ts';

/** A reconciler over an engine in memory that follows a real repository. */
export class Worker {
  readonly engine = new FakeEngine();
  readonly files = new FakeFiles();
  readonly #reconciler: Reconciler;

  private constructor(source: Source, memory: MemoryStore, clock: FakeClock) {
    this.engine.addImage('registry.example.com/runtime:v1.0.0');
    this.#reconciler = new Reconciler(
      {
        docker: countCalls(this.engine),
        files: this.files,
        probe: new FakeProbe(),
        bridge: new FakeBridge(),
        clock,
        secrets: nodeKeyOpener('/nonexistent/node.key'),
        source,
        memory,
        log: quiet,
        sink: { publish: async () => {}, record: async () => {}, event: () => {} },
        removalApproved: async () => false,
      },
      {
        platform: 'test',
        node: 'worker-1',
        engine: { id: 'FAKE', version: '20.10.24', apiVersion: '1.41' },
        swapLimit: true,
        planOnly: false,
        onEvent: () => {},
        onSettled: () => {},
      },
    );
  }

  static async start(repository: Repository): Promise<Worker> {
    const clock = new FakeClock();
    const state = new FakeState();
    const cache = createReadCache();
    const read = (revision: string) => readDesired(repository, revision, cache);
    const source = await Source.open({ repository, read, state, clock, log: quiet, acceptHistory: null });
    return new Worker(source, await MemoryStore.open(state), clock);
  }

  /** Asks Git, and passes until nothing is under way. Answers the changing calls. */
  async converge(): Promise<string[]> {
    await this.#reconciler.refresh();
    await this.#reconciler.pass('all');
    for (let round = 0; round < 10 && this.#reconciler.workers.busy.size > 0; round += 1) {
      await this.#reconciler.workers.settled();
      await this.#reconciler.pass('all');
    }
    return this.engine.calls.splice(0);
  }

  status(): Promise<NodeStatus> {
    return this.#reconciler.report(null);
  }
}
