import { fleetOf } from '../fleet/fleet.ts';
import { FleetState } from '../fleet/fleet-state.ts';
import { LogDesk } from '../fleet/log-desk.ts';
import { placeOf } from '../fleet/place.ts';
import type { Log } from '../log.ts';
import type { Branch, Database, Fleet } from '../ports.ts';
import { Hub } from './hub.ts';

export interface LinksParts {
  readonly db: Database;
  readonly branch: Pick<Branch, 'head' | 'desired' | 'onMoved'>;
  readonly log: Log;
  readonly now: () => number;
  /** Milliseconds without a sign of life after which a node counts as gone. */
  readonly silenceMs?: number;
}

export interface Links {
  readonly fleet: Fleet;
  readonly state: FleetState;
  readonly hub: Hub;
  stop(): void;
}

/** The control node's end of all node links, with what the nodes said before it was started. */
export async function startLinks({ db, branch, log, now, silenceMs }: LinksParts): Promise<Links> {
  const state = await FleetState.load(db);
  const logs = new LogDesk();
  const nodeOf = (tenant: string): string | null => placeOf(branch.desired(), tenant);
  const hub = new Hub({
    db,
    state,
    logs,
    log,
    now,
    nodeOf,
    revision: () => branch.head(),
    ...(silenceMs === undefined ? {} : { silenceMs }),
  });
  const stop = branch.onMoved((oid) => hub.tellRevision(oid));
  return { fleet: fleetOf({ db, state, logs, nodeOf, now }), state, hub, stop };
}
