import type { Files } from '../../support/git-repo.ts';
import type { Deed } from '../world/other-hand.ts';
import type { Site } from '../world/site.ts';

/** One commit of a workload, or what another hand does to its subject. */
export interface Change {
  readonly what: string;
  /** Instead of a commit. */
  readonly hand?: Deed;
  /** Nothing where no commit is made. @param parent the commit that it comes upon */
  files(site: Site, parent: string): Promise<Files>;
  /** No container may be removed while this commit is the newest. */
  readonly held?: boolean;
}

/** A change of the desired state, and what must hold while it is carried out. */
export interface Workload {
  readonly name: string;
  /** The files that stand, converged, before anything changes. */
  before(site: Site): Promise<Files>;
  readonly changes: readonly Change[];
  /** The tenant that is changed, and that other hands meddle with. */
  readonly subject: string;
  /** Tenants that must have a healthy running copy at every moment. */
  readonly serves: readonly string[];
  /** Tenants that must keep their container and its run. */
  readonly keeps: readonly string[];
  /** Whether tenants that are asked to go are stopped without a successor. */
  readonly removes: boolean;
  /** Whether the subject's container cannot be made again: what Git asks for was found to be bad. */
  readonly irreplaceable: boolean;
  /** Tenants whose runtime was asked to pair. */
  readonly pairs: readonly string[];
  /** Whether the subject asks for its secret as an environment variable, which the engine keeps. */
  readonly secretAsEnv: boolean;
  /** Whether what another hand does to the subject is told and left as it is (`drift: report`): then it does nothing more. */
  readonly reports: boolean;
}
