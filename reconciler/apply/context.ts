import type { Owner } from '../../renderers/labels.ts';
import { ReconcilerError } from '../errors.ts';
import type { filesReadBy, TokenOutcome } from '../plan/memory.ts';
import type { ContainerRef } from '../plan/step.ts';
import type { Beginning, Bridge, Clock, Docker, Files, Probe, PullProgress } from '../ports.ts';

/** What the steps of one tenant run with. */
export interface StepContext {
  readonly tenant: string;
  readonly docker: Docker;
  readonly files: Files;
  readonly probe: Probe;
  readonly bridge: Bridge;
  readonly clock: Clock;
  readonly owner: Owner;
  readonly revision: string;
  readonly signal: AbortSignal;
  /** Contents of the tenant's managed files, by path. */
  readonly managedFiles: Readonly<Record<string, Uint8Array>>;
  /** Decrypted secrets by name, in memory only. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  readonly record: TenantRecord;
  readonly onPull: (progress: PullProgress) => void;
  /** Waits for what may hang without keeping other tenants from their steps; one thing at a time. See `Place.lend`. */
  readonly aside: <T>(wait: () => Promise<T>, begun: boolean) => Promise<T>;
  /** Ids of containers that steps of this run created, by their present name. */
  readonly created: Map<string, string>;
}

/** The durable facts that steps write down before or after they act. */
export interface TenantRecord {
  /** Before files are written: what runs has to read them, and to mount the folder that is made. */
  readonly filesPending: Beginning;
  /** What runs has read the files, because it was told to or because it was started since. */
  filesRead(by: keyof typeof filesReadBy): Promise<void>;
  token(kind: 'pairing' | 'disconnect', outcome: TokenOutcome): Promise<void>;
}

/** The id of a container that a step names: fixed by the plan, or made by an earlier step of this run. */
export function idOf(container: ContainerRef, context: StepContext): string {
  const id = container.id ?? context.created.get(container.name);
  if (id === undefined) {
    throw new ReconcilerError(
      'plan/no-container',
      `no step of this plan made the container ${container.name}`,
      {
        retry: 'backoff',
      },
    );
  }
  return id;
}
