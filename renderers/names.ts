/** Docker names follow the tenant. `next` and `old` exist only while a container is being replaced. */
export const containerName = {
  runtime: (tenant: string): string => `tenant_${tenant}_runtime`,
  /** The replacement, until it takes the runtime's name. */
  next: (tenant: string): string => `tenant_${tenant}_runtime_next`,
  /** The stopped predecessor of a stop-first replacement, until the new container is healthy. */
  old: (tenant: string): string => `tenant_${tenant}_runtime_old`,
};

export function volumeName(tenant: string, volume: string): string {
  return `tenant_${tenant}_${volume}`;
}

/** The tenant in whose name a container or volume is called, whoever made it; null for any other name. */
export function tenantOfName(name: string): string | null {
  // No tenant has an underscore in its name.
  return /^tenant_([a-z0-9-]+)_/.exec(name)?.[1] ?? null;
}
