import { defaults } from '../../schemas/defaults.ts';
import type { Documents } from '../../schemas/kinds.ts';
import type { DesiredPlatform } from '../model.ts';

/** The platform with its defaults filled in. */
export function desiredPlatform({ metadata, spec }: Documents['Platform']): DesiredPlatform {
  return {
    name: metadata.name,
    guards: { removal: { ...defaults.guards.removal, ...spec.guards?.removal } },
    recoveryKeys: spec.secrets?.recoveryKeys ?? [],
    approvals: spec.approvals ?? [],
    access: { 'platform-admin': [], operator: [], viewer: [], ...spec.access },
  };
}
