import type { Repository } from '../../desired-state/git/port.ts';
import type { Reader } from '../branch/reader.ts';
import type { Log } from '../log.ts';
import type { Branch, Database, Fleet } from '../ports.ts';

/** What the tracker follows commits with. */
export interface TrackerParts {
  readonly database: Database;
  readonly branch: Pick<Branch, 'head' | 'onMoved'> & { readonly repository: Repository };
  readonly reader: Reader;
  readonly fleet: Pick<Fleet, 'tenant' | 'tenants' | 'node' | 'onTenant' | 'onNode' | 'onOutcome'>;
  readonly log: Log;
  /** Commits that are caught up with when the branch was not followed for a while; beyond that, no place is known anyway. */
  readonly catchUp?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
