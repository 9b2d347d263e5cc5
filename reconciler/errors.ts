/**
 * An error that says what the reconciler may do about it. `backoff`: the world may be different later, try again;
 * `never`: only a change in Git or by a person helps. (The split is swarmkit's, `agent/exec/errors.go`.)
 */
export class ReconcilerError extends Error {
  readonly code: string;
  readonly retry: 'backoff' | 'never';

  constructor(code: string, message: string, options: { retry: 'backoff' | 'never'; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'ReconcilerError';
    this.code = code;
    this.retry = options.retry;
  }
}

/** A pass was carried out, and could not be written down: the disk is full, or broken. The next one writes it. */
export class UnwrittenError extends ReconcilerError {
  /** @param failed the writing, whose words it says again and whose cause is its own */
  constructor(failed: ReconcilerError) {
    super('state/unwritten', failed.message, { retry: 'backoff', cause: failed.cause });
    this.name = 'UnwrittenError';
  }
}

/** Waits for what is written down. @throws UnwrittenError when the disk did not take it; a mistake of ours as it is */
export async function written(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    throw error instanceof ReconcilerError ? new UnwrittenError(error) : error;
  }
}

/**
 * Whether a read failed by what was asked about: the engine answered that it cannot show it, or answers others meanwhile.
 * Without a connection nothing is known of anything, and what contradicts itself concerns others as well.
 */
export function isOfOne(error: unknown): error is ReconcilerError {
  return error instanceof ReconcilerError && ofOne.has(error.code);
}

const ofOne: ReadonlySet<string> = new Set([
  'docker/failed',
  'docker/timeout',
  'docker/conflict',
  'docker/invalid',
]);

/** Whether the engine said that what it was asked about is not there. */
export function isGone(error: unknown): boolean {
  return error instanceof ReconcilerError && error.code === 'docker/not-found';
}
