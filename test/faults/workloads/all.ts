import type { Files } from '../../support/git-repo.ts';
import { yaml } from '../../support/host.ts';
import type { Deed } from '../world/other-hand.ts';
import { nameOf, platformFiles, type Site, type TenantParts, tenantFiles, without } from '../world/site.ts';
import type { Change, Workload } from './workload.ts';

/** Two that nothing happens to: whatever goes wrong with the others, they keep their container and its run. */
export const neighbours = ['globex', 'initech'] as const;

async function standing(site: Site, tenants: Readonly<Record<string, TenantParts>>): Promise<Files> {
  const all = { globex: {}, initech: { secret: false }, ...tenants };
  const files = await Promise.all(Object.entries(all).map(([name, parts]) => tenantFiles(site, name, parts)));
  return together([platformFiles(site), ...files]);
}

function together(all: readonly Files[]): Files {
  return Object.fromEntries(all.flatMap((files) => Object.entries(files)));
}

function workload(name: string, parts: Pick<Workload, 'before' | 'changes'> & Partial<Workload>): Workload {
  return {
    name,
    subject: 'acme',
    serves: [],
    keeps: [],
    removes: false,
    irreplaceable: false,
    pairs: [],
    secretAsEnv: false,
    reports: false,
    ...parts,
  };
}

const commit = (what: string, files: Change['files']): Change => ({ what, files });
const byHand = (what: string, hand: Deed): Change => ({ what, hand, files: () => Promise.resolve({}) });

/** From one definition of `acme` to another. */
function edit(
  name: string,
  before: TenantParts | ((site: Site) => TenantParts),
  after: TenantParts | ((site: Site) => TenantParts),
  more: Partial<Workload> = {},
): Workload {
  const of = (parts: typeof before, site: Site): TenantParts =>
    typeof parts === 'function' ? parts(site) : parts;
  return workload(name, {
    before: (site) => standing(site, { acme: of(before, site) }),
    changes: [commit('another acme', (site) => tenantFiles(site, 'acme', of(after, site)))],
    ...more,
  });
}

const served = { serves: ['acme'] };
const kept = { serves: ['acme'], keeps: ['acme'] };
const startFirst = { strategy: 'start-first' } as const;
const stopFirst = { strategy: 'stop-first' } as const;
const paired = (pairing: string): TenantParts => ({
  runtime: {
    volumes: [{ name: 'session', mountPath: '/data/session' }],
    env: { BRIDGE_CONNECT_AFTER_MS: '50' },
  },
  whatsapp: { enabled: true, pairing },
});
const reported = { drift: 'report' } as const;
const stopped: TenantParts = { runtime: { state: 'stopped' } };
/** So long that a reconciler looks several times before it is healthy, on any machine. */
const slow: TenantParts = { runtime: { env: { START_DELAY_MS: '600' } } };
/** What serves on where the image is bad is to read the prompt all the same. */
const bad = (images: Site['images']): TenantParts => ({ image: images.bad, prompt: 'Good day.' });
const many = ['acme', 'hooli', 'umbrella'] as const;

/** Everything that a commit can ask of a tenant, by the way it is done. */
export const workloads: readonly Workload[] = [
  workload('create', {
    before: (site) => standing(site, {}),
    changes: [commit('a new tenant', (site) => tenantFiles(site, 'acme'))],
  }),
  edit('update', startFirst, ({ images }) => ({ ...startFirst, image: images.v2 }), served),
  edit('update-stop-first', stopFirst, ({ images }) => ({ ...stopFirst, image: images.v2 })),
  edit(
    'slow-update',
    { ...slow, ...startFirst },
    ({ images }) => ({ ...slow, ...startFirst, image: images.v2 }),
    served,
  ),
  edit('slow-update-stop-first', { ...slow, ...stopFirst }, ({ images }) => ({
    ...slow,
    ...stopFirst,
    image: images.v2,
  })),
  edit('prompt', { prompt: 'Hello.' }, { prompt: 'Good day.' }, kept),
  workload('broken', {
    before: (site) => standing(site, { acme: {} }),
    changes: [
      commit('acme is not valid any more', async (site) => ({
        [`tenants/${nameOf(site, 'acme')}/tenant.yaml`]: yaml('Tenant', nameOf(site, 'acme'), { owner: 1 }),
      })),
    ],
    ...kept,
  }),
  edit('limits', {}, { runtime: { resources: { memory: '96Mi', cpus: 0.3, pids: 64 } } }, kept),
  workload('rename', {
    before: (site) => standing(site, { acme: {} }),
    changes: [
      commit('acme becomes emca', async (site) => ({
        ...without(await tenantFiles(site, 'acme')),
        ...(await tenantFiles(site, 'emca')),
      })),
    ],
    removes: true,
  }),
  workload('remove', {
    before: (site) => standing(site, { acme: {} }),
    changes: [commit('acme goes', async (site) => without(await tenantFiles(site, 'acme')))],
    removes: true,
  }),
  edit('rollback', startFirst, ({ images }) => ({ ...startFirst, ...bad(images) }), {
    ...served,
    irreplaceable: true,
  }),
  edit('rollback-stop-first', stopFirst, ({ images }) => ({ ...stopFirst, ...bad(images) }), {
    irreplaceable: true,
  }),
  edit('restart', { runtime: { restart: '1' } }, { runtime: { restart: '2' } }, served),
  edit('stop', {}, stopped, { removes: true }),
  edit('start', stopped, { prompt: 'Good day.' }),
  edit('start-another', stopped, ({ images }) => ({ image: images.v2 })),
  edit('update-stopped', stopped, ({ images }) => ({ ...stopped, image: images.v2 })),
  edit('update-reported', reported, ({ images }) => ({ ...reported, image: images.v2 }), {
    ...served,
    reports: true,
  }),
  edit('start-reported', { ...stopped, ...reported }, reported, { reports: true }),
  edit('pairing', paired('0'), paired('1'), { ...kept, pairs: ['acme'] }),
  edit(
    'secret-as-env',
    {},
    { runtime: { secrets: [{ name: 'API_KEY', as: 'env' }] } },
    {
      ...served,
      secretAsEnv: true,
    },
  ),
  workload('drift', {
    before: (site) => standing(site, { acme: {} }),
    changes: [byHand("another hand removes acme's container", 'meddle-remove')],
  }),
  workload('lost-folder', {
    before: (site) => standing(site, { acme: {} }),
    changes: [byHand("another hand removes acme's folder of managed files", 'remove-folder')],
    // What runs holds on to the folder that is gone: it takes a restart.
    removes: true,
  }),
  workload('boot', {
    before: (site) => standing(site, { acme: {} }),
    changes: [byHand("acme's container ends, and its secrets are in memory no more", 'boot')],
  }),
  workload('boot-reported', {
    before: (site) => standing(site, { acme: reported }),
    changes: [byHand("acme's container ends, and its secrets are in memory no more", 'boot')],
    reports: true,
  }),
  workload('mass-removal', {
    before: (site) => standing(site, Object.fromEntries(many.map((name) => [name, {}]))),
    changes: [
      {
        what: 'three tenants go',
        held: true,
        files: async (site) =>
          together((await Promise.all(many.map((name) => tenantFiles(site, name)))).map(without)),
      },
      commit('a person approves', async (site, revision) =>
        platformFiles(site, {
          approvals: [
            {
              node: site.node,
              revision,
              remove: many.map((name) => nameOf(site, name)),
              by: 'ada@example.com',
              reason: 'they left',
            },
          ],
        }),
      ),
    ],
    removes: true,
  }),
];

/** @throws with the names that there are */
export function workloadNamed(name: string): Workload {
  const found = workloads.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(
      `there is no workload "${name}": choose of ${workloads.map((one) => one.name).join(', ')}`,
    );
  }
  return found;
}
