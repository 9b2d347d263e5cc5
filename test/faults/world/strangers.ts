import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { label } from '../../../renderers/labels.ts';
import { containerBody, networkBody } from '../../support/docker-bodies.ts';
import { nameOf, type Site } from './site.ts';

/** Containers that are nobody's business: one without labels, one of another platform that has a tenant `acme` too. */
export function strangerNames(site: Site): readonly string[] {
  return [`${site.prefix}somebody-else`, `${site.prefix}other-platform`];
}

/** A network and a volume that are nobody's business; they bear a tenant's label of another platform. */
function strangeThings(site: Site): { readonly network: string; readonly volume: string } {
  return { network: `${site.prefix}other-network`, volume: `${site.prefix}other-volume` };
}

const bodies = new WeakMap<Site, ReturnType<typeof networkBody>>();

/** The same address range in all worlds of a campaign, which are compared with each other. */
function bodyFor(site: Site, name: string): ReturnType<typeof networkBody> {
  const body = bodies.get(site) ?? networkBody(name);
  bodies.set(site, body);
  return body;
}

/** Makes and starts them. */
export async function putStrangers(host: string, site: Site): Promise<void> {
  const docker = connectDocker({ host });
  const [plain = '', other = ''] = strangerNames(site);
  const labels = {
    [label.platform]: `${site.platform}-other`,
    [label.node]: site.node,
    [label.tenant]: nameOf(site, 'acme'),
  };
  for (const [name, Labels] of [
    [plain, {}],
    [other, labels],
  ] as const) {
    const { id } = await docker.createContainer(name, containerBody(site.images.v1, { Labels }));
    await docker.startContainer(id);
  }
  const things = strangeThings(site);
  await docker.createNetwork({ ...bodyFor(site, things.network), Labels: labels });
  await docker.createVolume({ Name: things.volume, Driver: 'local', Labels: labels });
}
