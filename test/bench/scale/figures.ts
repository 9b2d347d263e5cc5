/** Names of the figures, by size: what is measured at several sizes has a row for each. */

export const scale = {
  firstPlan: (tenants: number) => `start to first full plan, ${tenants} tenants`,
  firstPlanCpu: (tenants: number) => `start to first full plan, ${tenants} tenants: CPU`,
  pass: (tenants: number) => `full pass, converged, ${tenants} tenants: CPU`,
  passWall: (tenants: number) => `full pass, converged, ${tenants} tenants: time`,
  change: (tenants: number) => `revision to first Docker call, ${tenants} tenants`,
  fetch: (tenants: number) => `of that, git fetch by itself, ${tenants} tenants`,
  memory: (tenants: number) => `resident memory, running, ${tenants} tenants`,
  peak: (tenants: number) => `most resident memory since the start, ${tenants} tenants`,
  heap: (tenants: number) => `heap in use, running, ${tenants} tenants`,
  idle: (tenants: number) => `CPU a second with health checks, ${tenants} tenants`,
  validate: (documents: number) => `tenantry validate, ${documents} documents`,
  validateCpu: (documents: number) => `tenantry validate, ${documents} documents: CPU`,
} as const;

export type Unit = 'ms' | 'MiB' | '%/h' | '%' | 'count';

/** Values by name, and what they are measured in. */
export class Figures {
  readonly values = new Map<string, number[]>();
  readonly units = new Map<string, Unit>();

  add(name: string, value: number, unit: Unit): void {
    this.values.set(name, [...(this.values.get(name) ?? []), value]);
    this.units.set(name, unit);
  }
}
