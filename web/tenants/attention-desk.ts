import { own } from '../../schemas/own.ts';
import type { AttentionItem } from '../api/models/platform.ts';
import type { FollowedBranch } from '../branch/follow.ts';
import type { Fleet, Stop } from '../ports.ts';
import { attentionOf } from './attention.ts';
import type { Directory } from './directory.ts';

export interface AttentionParts {
  readonly directory: Pick<Directory, 'all' | 'onChange'>;
  readonly fleet: Pick<Fleet, 'nodes' | 'onNode'>;
  readonly branch: Pick<FollowedBranch, 'desired' | 'onMoved' | 'status' | 'onStatus'>;
}

/** What needs a person, put together once for all who ask between two changes. */
export class AttentionDesk {
  readonly #parts: AttentionParts;
  readonly #listeners = new Set<() => void>();
  readonly #stops: readonly Stop[];
  #known: readonly AttentionItem[] | null = null;

  constructor(parts: AttentionParts) {
    this.#parts = parts;
    const moved = (): void => {
      this.#known = null;
      for (const listener of this.#listeners) listener();
    };
    const { directory, fleet, branch } = parts;
    this.#stops = [
      directory.onChange(moved),
      fleet.onNode(moved),
      branch.onMoved(moved),
      branch.onStatus(moved),
    ];
  }

  /** @param visible tenants of an owner; null: all */
  of(visible: ReadonlySet<string> | null): readonly AttentionItem[] {
    if (visible !== null) return this.#made(visible);
    this.#known ??= this.#made(null);
    return this.#known;
  }

  /** Calls `listener` when it may be another than before. */
  onChange(listener: () => void): Stop {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #made(visible: ReadonlySet<string> | null): AttentionItem[] {
    const { directory, fleet, branch } = this.#parts;
    const named = branch.desired()?.nodes ?? {};
    return attentionOf(
      {
        tenants: directory.all(),
        nodes: fleet.nodes(),
        inGit: (node) => own(named, node) !== undefined,
        repository: branch.status(),
      },
      visible,
    );
  }
}
