import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { label } from '../../../renderers/labels.ts';
import { containerBody } from '../../support/docker-bodies.ts';
import { nameOf, type Site } from './site.ts';

/** Containers that are nobody's business: one without labels, one of another platform that has a tenant `acme` too. */
export function strangerNames(site: Site): readonly string[] {
  return [`${site.prefix}somebody-else`, `${site.prefix}other-platform`];
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
}
