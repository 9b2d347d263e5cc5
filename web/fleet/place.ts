import type { DesiredState } from '../../desired-state/model.ts';
import { own } from '../../schemas/own.ts';

/** The node on which Git places a tenant; null where Git does not know it. */
export function placeOf(desired: DesiredState | null, tenant: string): string | null {
  return desired === null ? null : (own(desired.tenants, tenant)?.desired?.node ?? null);
}
