import type { Plan } from './plan/plan.ts';
import type { Docker, SecretOpener } from './ports.ts';
import type { Rendered } from './render.ts';
import type { NodeStatus } from './report/status.ts';
import type { Source } from './source.ts';
import type { WorkEvent, WorkerPorts } from './workers.ts';

export interface ReconcilerPorts extends WorkerPorts {
  readonly docker: Docker & { stats(): { readonly reads: number; readonly mutations: number } };
  readonly secrets: SecretOpener;
  readonly source: Source;
  /** Whether the desired-state repository approves that these tenants go. */
  readonly removalApproved: (rendered: Rendered, tenants: readonly string[]) => Promise<boolean>;
}

export interface ReconcilerOptions {
  readonly platform: string;
  readonly node: string;
  readonly engine: NodeStatus['engine'];
  /** Whether the engine can limit swap. */
  readonly swapLimit: boolean;
  /** Only compares: nothing is changed, and secrets need not be at hand. */
  readonly planOnly: boolean;
  readonly onEvent: (event: ProgressEvent) => void;
  /** A tenant's steps ended, or its bridge had news: it should be looked at again. */
  readonly onSettled: (tenant: string) => void;
}

export type ProgressEvent = WorkEvent | { readonly type: 'plan'; readonly plan: Plan };
