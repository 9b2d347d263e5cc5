import type { Me } from '../../api/models/platform.ts';
import type { TenantSummary } from '../../api/models/tenant.ts';
import type { EditRequest } from '../edit/request.ts';
import type { IconName } from '../parts/icon.tsx';

const verbs = [
  { verb: 'restart', word: 'Restart', icon: 'restart', from: 'running' },
  { verb: 'stop', word: 'Stop', icon: 'stop', from: 'running' },
  { verb: 'start', word: 'Start', icon: 'play', from: 'stopped' },
] as const satisfies readonly { verb: string; word: string; icon: IconName; from: string }[];

export interface RuntimeCommand {
  readonly id: string;
  readonly name: string;
  readonly icon: IconName;
  readonly edit: EditRequest;
}

/** What somebody may have done to the runtime of a tenant: each is a commit, and is shown before. */
export function runtimeCommands(
  { name, desiredState }: Pick<TenantSummary, 'name' | 'desiredState'>,
  me: Pick<Me, 'may' | 'tenants'>,
): readonly RuntimeCommand[] {
  // Who may set tenants up may run them all; an owner runs his own.
  if (!me.may.includes('tenants.setup') && !me.tenants.includes(name)) return [];
  const now = desiredState === 'stopped' ? 'stopped' : 'running';
  return verbs
    .filter(({ from }) => from === now)
    .map(({ verb, word, icon }) => ({
      id: `${verb}-${name}`,
      name: `${word} ${name}`,
      icon,
      edit: {
        title: `${word} ${name}`,
        method: 'POST',
        path: `/v1/tenants/${encodeURIComponent(name)}/runtime/${verb}`,
        body: {},
        base: null,
      },
    }));
}

/** What is searched among tenants: `restart acme` means acme, and `restart` alone means any. */
export function tenantWords(query: string): string {
  return query.trim().replace(/^(?:(?:re)?start|stop)(?:\s+|$)/i, '');
}
