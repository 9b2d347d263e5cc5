import type { Resource } from '../../renderers/resource.ts';

/** How one resource differs from what Git asks for, field by field. */
export interface Change {
  readonly resource: ResourceRef;
  readonly kind: 'create' | 'update' | 'replace' | 'remove';
  /** Empty for create and remove. Ordered by path. */
  readonly fields: readonly FieldDiff[];
  /** `commit`: Git moved. `drift`: somebody else moved it. */
  readonly cause: 'commit' | 'drift';
  /** When it began, milliseconds since the epoch, as far as it is known. */
  readonly since?: number;
  /** The Docker event that made it. */
  readonly event?: CausingEvent;
}

export interface ResourceRef {
  readonly kind: Resource['kind'];
  readonly name: string;
}

export interface FieldDiff {
  /** Dotted path within the resource: `memoryBytes`, `env.LOG_LEVEL`, `running`. */
  readonly path: string;
  /** Undefined where the field is absent. */
  readonly desired?: unknown;
  readonly actual?: unknown;
}

export interface CausingEvent {
  readonly action: string;
  readonly time: number;
  /** `exit code 137`, `signal 9`. */
  readonly detail: string;
}
