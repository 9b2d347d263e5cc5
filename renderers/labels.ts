/** Labels by which Tenantry knows what is its own. What does not carry `platform` and `node` is never touched. */
export const label = {
  platform: 'dev.tenantry.platform',
  node: 'dev.tenantry.node',
  tenant: 'dev.tenantry.tenant',
  /** Versioned hash of what the container was made from. */
  spec: 'dev.tenantry.spec',
  /** Restart token the container was made with. */
  restart: 'dev.tenantry.restart',
  /** Names of environment variables that hold secrets, comma-separated: their values are never read out. */
  secretEnv: 'dev.tenantry.secret-env',
  /** Revision the container was made at; for people, not compared. */
  revision: 'dev.tenantry.revision',
  /** JSON of what the container was made with and is changed in place later; tells causes, not compared. */
  madeWith: 'dev.tenantry.made-with',
} as const;

/** Whose resources these are: one installation on one node. */
export interface Owner {
  readonly platform: string;
  readonly node: string;
}

export function ownerLabels(owner: Owner): Record<string, string> {
  return { [label.platform]: owner.platform, [label.node]: owner.node };
}

export function isOwned(labels: Readonly<Record<string, string>> | null, owner: Owner): boolean {
  return labels?.[label.platform] === owner.platform && labels[label.node] === owner.node;
}
