import type { ContainerInspect, Endpoint } from '../engine-api.ts';
import { isEmpty } from './forbidden.ts';

/** What a request can ask of a container's place in a network; the rest the engine tells. */
const settings = ['Aliases', 'DriverOpts', 'GwPriority', 'IPAMConfig', 'Links'] as const;

/**
 * Settings of a container's places in its networks, by network and Engine API name, that another hand has given it: we
 * ask for none. An alias has a neighbour's name lead to this container, a link its own names lead elsewhere, and an
 * address of its own takes one that another is to have.
 */
export function foreignEndpoints({ Id, NetworkSettings }: ContainerInspect): Record<string, unknown> {
  const networks = Object.entries(NetworkSettings.Networks ?? {}).map(
    ([network, endpoint]) => [network, foreignIn(endpoint, Id)] as const,
  );
  const foreign = networks.filter(([, found]) => !isEmpty(found));
  return foreign.length === 0 ? {} : { Networks: Object.fromEntries(foreign) };
}

function foreignIn(endpoint: Endpoint, id: string): Record<string, unknown> {
  const set = settings.map(
    (name) => [name, name === 'Aliases' ? notOf(id, endpoint[name]) : endpoint[name]] as const,
  );
  return Object.fromEntries(set.filter(([, value]) => !isEmpty(value)));
}

/** The engine itself calls a container by the beginning of its id. */
function notOf(id: string, aliases: unknown): unknown {
  if (!Array.isArray(aliases)) return aliases;
  const own = (alias: unknown) => typeof alias === 'string' && alias !== '' && id.startsWith(alias);
  return (aliases as readonly unknown[]).filter((alias) => !own(alias));
}
