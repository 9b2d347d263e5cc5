import type { Position } from './problem.ts';

/** Something that YAML itself or our stricter reading of it refuses. */
export interface Finding extends Position {
  readonly code: string;
  readonly message: string;
}
