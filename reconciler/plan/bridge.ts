import type { DesiredTenant } from '../../desired-state/model.ts';
import type { TenantMemory, TokenOutcome } from './memory.ts';
import type { ObservedContainer } from './observed.ts';
import { refTo } from './roles.ts';
import type { Step } from './step.ts';

/** Tokens that ask for nothing: what a new tenant starts with. */
const blank: ReadonlySet<string> = new Set(['', '0']);

/**
 * Pairing and disconnecting, asked for by a new token and only of a tenant that is otherwise as Git says. A token that
 * was ever asked about is not asked about again, whatever came of it.
 */
export function bridgeSteps(
  tenant: DesiredTenant,
  main: ObservedContainer | null,
  memory: TenantMemory,
): readonly (readonly Step[])[] {
  if (!tenant.whatsapp.enabled || tenant.state !== 'running' || main?.state !== 'running') return [];
  const { port, pairing, disconnect } = tenant.whatsapp;
  const target = { tenant: tenant.name, container: refTo(main), port };
  const steps: Step[][] = [];
  if (isNew(disconnect, memory.disconnect))
    steps.push([{ action: 'bridge.disconnect', ...target, token: disconnect }]);
  if (isNew(pairing, memory.pairing)) steps.push([{ action: 'bridge.pair', ...target, token: pairing }]);
  return steps;
}

function isNew(token: string, outcome: TokenOutcome | null): boolean {
  return !blank.has(token) && outcome?.token !== token;
}
