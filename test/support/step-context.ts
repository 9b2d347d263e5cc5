import type { StepContext } from '../../reconciler/apply/context.ts';
import type { TokenOutcome } from '../../reconciler/plan/memory.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeBridge, FakeClock, FakeFiles, FakeProbe } from './fake-ports.ts';

/** What steps run with, over doubles, and a list of what they wrote down. */
export interface TestContext extends StepContext {
  readonly docker: FakeEngine;
  readonly files: FakeFiles;
  readonly probe: FakeProbe;
  readonly bridge: FakeBridge;
  readonly clock: FakeClock;
  /** `pairing asked`, `reload pending`, … in order. */
  readonly written: string[];
  readonly outcomes: TokenOutcome[];
}

export function stepContext(parts: Partial<StepContext> = {}): TestContext {
  const written: string[] = [];
  const outcomes: TokenOutcome[] = [];
  return {
    tenant: 'acme',
    owner: { platform: 'test', node: 'worker-1' },
    revision: 'a'.repeat(40),
    signal: new AbortController().signal,
    managedFiles: { 'config.json': Buffer.from('{}\n') },
    secrets: new Map(),
    onPull: () => {},
    aside: (wait) => wait(),
    created: new Map(),
    ...parts,
    docker: new FakeEngine(),
    files: new FakeFiles(),
    probe: new FakeProbe(),
    bridge: new FakeBridge(),
    clock: new FakeClock(),
    record: {
      filesPending: async (folderMade) =>
        void written.push(folderMade ? 'remount pending' : 'reload pending'),
      filesRead: async (by) => void written.push(`files read by ${by}`),
      token: async (kind, outcome) => {
        written.push(`${kind} ${outcome.state}`);
        outcomes.push(outcome);
      },
    },
    written,
    outcomes,
  };
}
