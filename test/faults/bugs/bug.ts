import type { Fault } from '../boundary.ts';
import type { Mode } from '../trial.ts';

/** A text of one source file, and what stands there instead. It must occur exactly once, or the bug has rotted. */
export interface Edit {
  /** Path from the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A trial of the campaign: a workload, and what goes wrong in it; a null fault is found without any. */
export interface BugPoint {
  readonly workload: string;
  readonly boundary: 'docker' | 'git' | 'disk';
  readonly fault: Fault | null;
  /** Default `once`. */
  readonly mode?: Mode;
  /** Default true; see `Point`. */
  readonly ticks?: boolean;
}

/** A program beside this file that ends with 0, and with a sentence and 1 where the bug is in its code. */
interface Probe {
  readonly probe: string;
}

/** A mistake that somebody could make, for the oracle to find. Nothing in the product knows of it. */
export interface Bug {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Where the oracle is known to find it. */
  readonly caughtAt: BugPoint | Probe;
  /** What the oracle says of it there: any other complaint would be about something else. */
  readonly complaint: RegExp;
}

/** The text with the edits of a file. @throws when a piece does not occur exactly once */
export function withEdits(text: string, edits: readonly Edit[]): string {
  return edits.reduce((edited, { file, find, replace }) => {
    const found = edited.split(find).length - 1;
    if (found !== 1)
      throw new Error(`${file} holds this ${found} times, and a seeded bug needs it once:\n${find}`);
    return edited.replace(find, () => replace);
  }, text);
}
