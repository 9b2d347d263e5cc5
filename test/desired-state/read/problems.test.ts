import { describe, expect, it } from 'vitest';
import { checkFiles } from '../../../desired-state/read/check.ts';
import { resolve } from '../../../desired-state/read/resolve.ts';
import * as f from './files.ts';

function problems(tree: f.Tree): string[] {
  return f.lines(checkFiles(new Map(Object.entries(tree))));
}

const upstream = { upstream: 'http://10.0.0.5:8080' };
const toTenant = (name: string) => ({ tenant: { name, port: 80 } });
const plan = { resources: { memory: '1Gi', cpus: 1, pids: 100 }, volumes: 0, prompts: 0, skills: 0 };

describe('the problems of a revision', () => {
  it('are none when all is well', () => {
    expect(problems({ ...f.base, ...f.tenant('acme'), 'README.md': '# hello' })).toEqual([]);
  });

  it.each<{ what: string; tree: f.Tree; expected: readonly string[] }>([
    {
      what: 'a missing tenantry.yaml, and no follow-up for what it would have held',
      tree: {
        ...f.node('worker-1'),
        ...f.channel('production', { images: { runtime: f.imageOf.production } }),
        ...f.tenant('acme', { plan: 'pro' }),
      },
      expected: [
        'policy/no-platform tenantry.yaml:1:1: There is no tenantry.yaml, which names the installation; `tenantry init` writes one to begin with.',
      ],
    },
    {
      what: 'names that stand for nothing',
      tree: {
        ...f.base,
        ...f.platform({ plans: { pro: {} } }),
        ...f.prompt('library', 'tone', 'x'),
        ...f.tenant('acme', {
          node: 'worker1',
          channel: 'beta',
          plan: 'por',
          library: { prompts: ['tome'], skills: ['hours'] },
        }),
      },
      expected: [
        'policy/unknown-name tenants/acme/tenant.yaml:6:9: There is no node `worker1` in nodes/; did you mean `worker-1`? (/spec/node)',
        'policy/unknown-name tenants/acme/tenant.yaml:7:12: There is no channel `beta` in channels/; add it there, or choose one of `production`, `staging`. (/spec/channel)',
        'policy/unknown-name tenants/acme/tenant.yaml:8:9: There is no plan `por` in tenantry.yaml; did you mean `pro`? (/spec/plan)',
        'policy/unknown-name tenants/acme/tenant.yaml:9:24: There is no prompt `tome` in library/prompts/; did you mean `tone`? (/spec/library/prompts/0)',
        'policy/unknown-name tenants/acme/tenant.yaml:9:42: There is no skill `hours` in library/skills/; add it there. (/spec/library/skills/0)',
      ],
    },
    {
      what: 'a secret that nobody stored',
      tree: {
        ...f.base,
        ...f.tenant('acme', { runtime: { secrets: ['API_KEY', { name: 'URL', as: 'env' }] } }),
      },
      expected: [
        "policy/missing-secret tenants/acme/tenant.yaml:8:24: There is no secret `API_KEY` in the tenant's secrets.yaml; store it with `tenantry secret set acme API_KEY`. (/spec/runtime/secrets/0)",
        "policy/missing-secret tenants/acme/tenant.yaml:8:34: There is no secret `URL` in the tenant's secrets.yaml; store it with `tenantry secret set acme URL`. (/spec/runtime/secrets/1)",
      ],
    },
    {
      what: 'more than the plan allows',
      tree: {
        ...f.base,
        ...f.platform({ plans: { pro: plan } }),
        ...f.prompt('tenants/acme', 'greeting', 'x'),
        ...f.skill('library', 'hours'),
        ...f.tenant('acme', {
          plan: 'pro',
          library: { skills: ['hours'] },
          runtime: {
            resources: { memory: '2Gi', cpus: 1.5, pids: 101 },
            volumes: [{ name: 'state', mountPath: '/data' }],
          },
        }),
      },
      expected: [
        'policy/quota tenants/acme/tenant.yaml:8:9: The plan `pro` allows 0 prompts, those of the library included, and this tenant has 1; remove 1, or move to a larger plan. (/spec/plan)',
        'policy/quota tenants/acme/tenant.yaml:8:9: The plan `pro` allows 0 skills, those of the library included, and this tenant has 1; remove 1, or move to a larger plan. (/spec/plan)',
        'policy/quota tenants/acme/tenant.yaml:10:35: The plan `pro` allows `memory: 1Gi`; ask for that or less, or move to a larger plan. (/spec/runtime/resources/memory)',
        'policy/quota tenants/acme/tenant.yaml:10:48: The plan `pro` allows `cpus: 1`; ask for that or less, or move to a larger plan. (/spec/runtime/resources/cpus)',
        'policy/quota tenants/acme/tenant.yaml:10:59: The plan `pro` allows `pids: 100`; ask for that or less, or move to a larger plan. (/spec/runtime/resources/pids)',
        'policy/quota tenants/acme/tenant.yaml:10:74: The plan `pro` allows 0 volumes, and this tenant has 1; remove 1, or move to a larger plan. (/spec/runtime/volumes)',
      ],
    },
    {
      what: 'two volumes at one path',
      tree: {
        ...f.base,
        ...f.tenant('acme', {
          runtime: {
            volumes: [
              { name: 'a', mountPath: '/data' },
              { name: 'b', mountPath: '/data' },
            ],
          },
        }),
      },
      expected: [
        'policy/duplicate tenants/acme/tenant.yaml:8:81: Another entry of this list has `/data` already; change one. (/spec/runtime/volumes/1/mountPath)',
      ],
    },
    {
      what: 'a subdomain that two tenants of a node want at once',
      tree: {
        ...f.base,
        ...f.tenant('acme', { subdomain: 'shop' }),
        ...f.tenant('globex', { subdomain: 'shop' }),
      },
      expected: [
        'policy/taken tenants/acme/tenant.yaml:8:14: The subdomain `shop` on node `worker-1` is claimed here and by tenant `globex` at once, so nobody gets it; leave it to one. (/spec/subdomain)',
        'policy/taken tenants/globex/tenant.yaml:8:14: The subdomain `shop` on node `worker-1` is claimed here and by tenant `acme` at once, so nobody gets it; leave it to one. (/spec/subdomain)',
      ],
    },
    {
      what: 'a domain that a site and the subdomain of a tenant come to',
      tree: {
        ...f.base,
        ...f.node('worker-1', { ingress: { kind: 'caddy', domain: 'example.com' } }),
        ...f.tenant('acme', { subdomain: 'shop' }),
        ...f.site('sites/', 'shop', { node: 'worker-1', domains: ['shop.example.com'], target: upstream }),
      },
      expected: [
        'policy/taken sites/shop.yaml:6:13: The domain `shop.example.com` is claimed here and by tenant `acme` at once, so nobody gets it; leave it to one. (/spec/domains/0)',
        'policy/taken tenants/acme/tenant.yaml:8:14: The domain `shop.example.com` is claimed here and by the site in sites/shop.yaml at once, so nobody gets it; leave it to one. (/spec/subdomain)',
      ],
    },
    {
      what: 'one domain in two sites of a tenant',
      tree: {
        ...f.base,
        ...f.tenant('acme'),
        ...f.site('tenants/acme/sites/', 'a', { domains: ['a.example.com'], target: toTenant('acme') }),
        ...f.site('tenants/acme/sites/', 'b', { domains: ['a.example.com'], target: toTenant('acme') }),
      },
      expected: [
        'policy/taken tenants/acme/sites/b.yaml:5:13: This tenant has the same name in tenants/acme/sites/a.yaml already; keep one of them. (/spec/domains/0)',
      ],
    },
    {
      what: 'a node that is too small for what comes to it, in the order of names',
      tree: {
        ...f.base,
        ...f.node('worker-1', { capacity: { tenants: 1, memory: '300Mi', cpus: 0.75 } }),
        ...f.tenant('acme'),
        ...f.tenant('globex', { runtime: { resources: { memory: '512Mi', cpus: 1 } } }),
      },
      expected: [
        'policy/capacity tenants/globex/tenant.yaml:6:9: Node `worker-1` has room for 1 tenant, which tenant `acme` takes; raise `capacity` in nodes/worker-1.yaml, or choose another node. (/spec/node)',
        'policy/capacity tenants/globex/tenant.yaml:8:35: Node `worker-1` has room for 300Mi of memory, of which tenant `acme` has 256Mi of memory, and this tenant asks for 512Mi of memory; ask for less, raise `capacity` in nodes/worker-1.yaml, or choose another node. (/spec/runtime/resources/memory)',
        'policy/capacity tenants/globex/tenant.yaml:8:50: Node `worker-1` has room for 0.75 processors, of which tenant `acme` has 0.5 processors, and this tenant asks for 1 processor; ask for less, raise `capacity` in nodes/worker-1.yaml, or choose another node. (/spec/runtime/resources/cpus)',
      ],
    },
    {
      what: 'one port twice on a node, with the defaults counted',
      tree: {
        ...f.base,
        ...f.node('worker-1', { ports: { http: 443 } }),
        ...f.node('worker-2', { ports: { http: 8080, metrics: 8080 } }),
      },
      expected: [
        "policy/port-taken nodes/worker-1.yaml:6:18: Port 443 is the node's `https` port already; give `http` another. (/spec/ports/http)",
        "policy/port-taken nodes/worker-2.yaml:6:33: Port 8080 is the node's `http` port already; give `metrics` another. (/spec/ports/metrics)",
      ],
    },
    {
      what: 'nodes whose bridges hold fewer tenants than they are to have, by their ports and by their addresses',
      tree: {
        ...f.base,
        ...f.node('worker-1', { capacity: { tenants: 4000 }, network: { pool: '10.0.0.0/16', shards: 4 } }),
        ...f.node('worker-2', { capacity: { tenants: 200 }, network: { pool: '10.1.0.0/24', shards: 16 } }),
      },
      expected: [
        'policy/network-too-small nodes/worker-1.yaml:5:12: 4 shard(s) of 10.0.0.0/16 hold 3000 tenants, and the node is to hold 4000; give `spec.network` a larger pool or more shards, or lower `spec.capacity.tenants`. (/spec/network)',
        'policy/network-too-small nodes/worker-2.yaml:5:12: 16 shard(s) of 10.1.0.0/24 hold 156 tenants, and the node is to hold 200; give `spec.network` a larger pool or more shards, or lower `spec.capacity.tenants`. (/spec/network)',
      ],
    },
    {
      what: 'channels that promote nowhere',
      tree: {
        ...f.base,
        ...f.channel('loop', { images: { runtime: f.imageOf.staging }, promotesTo: 'loop' }),
        ...f.channel('lost', { images: { runtime: f.imageOf.staging }, promotesTo: 'productoin' }),
      },
      expected: [
        'policy/channel-to-itself channels/loop.yaml:6:15: A channel cannot promote to itself; name another, or take this out. (/spec/promotesTo)',
        'policy/unknown-name channels/lost.yaml:6:15: There is no channel `productoin` in channels/; did you mean `production`? (/spec/promotesTo)',
      ],
    },
    {
      what: 'sites that lead to the wrong place',
      tree: {
        ...f.base,
        ...f.tenant('acme'),
        ...f.site('tenants/acme/sites/', 'a', {
          node: 'worker-2',
          domains: ['a.example.com'],
          target: toTenant('globex'),
        }),
        ...f.site('sites/', 'b', { domains: ['b.example.com'], target: toTenant('acne') }),
        ...f.site('sites/', 'c', { node: 'worker-9', domains: ['c.example.com'], target: upstream }),
        ...f.site('sites/', 'd', { domains: ['d.example.com'], target: upstream }),
      },
      expected: [
        'policy/unknown-name sites/b.yaml:6:29: There is no tenant `acne` in tenants/; did you mean `acme`? (/spec/target/tenant/name)',
        'policy/unknown-name sites/c.yaml:5:9: There is no node `worker-9` in nodes/; did you mean `worker-1`? (/spec/node)',
        'policy/site-without-node sites/d.yaml:4:1: A site of the platform that leads to no tenant must say which node serves it; add `node`. (/spec)',
        "policy/foreign-node tenants/acme/sites/a.yaml:5:9: A tenant's site is served by the tenant's own node, which is `worker-1`; write that, or take the line out. (/spec/node)",
        'policy/foreign-tenant tenants/acme/sites/a.yaml:7:29: A site in the folder of `acme` can only lead to `acme`; name it, or move the file to sites/, which belongs to the platform. (/spec/target/tenant/name)',
      ],
    },
    {
      what: 'a stack without its node, channel and Compose file',
      tree: {
        ...f.base,
        'stacks/mon/stack.yaml': f.document('Stack', 'mon', {
          node: 'worker-2',
          channel: 'stagin',
          compose: 'c.yaml',
        }),
      },
      expected: [
        'policy/unknown-name stacks/mon/stack.yaml:5:9: There is no node `worker-2` in nodes/; did you mean `worker-1`? (/spec/node)',
        'policy/unknown-name stacks/mon/stack.yaml:6:12: There is no channel `stagin` in channels/; did you mean `staging`? (/spec/channel)',
        'policy/no-compose-file stacks/mon/stack.yaml:7:12: There is no `c.yaml` in stacks/mon/; add it, or name the Compose file that is there. (/spec/compose)',
      ],
    },
    {
      what: 'files in the wrong place',
      tree: {
        ...f.base,
        ...f.skill('tenants/globex', 'hours'),
        'tenants/acme.yaml': 'x',
        'tenants/notes.txt': 'x',
        'other.yaml': 'x',
        'nodes/worker-2.yml': 'x',
      },
      expected: [
        'layout/unknown-file nodes/worker-2.yml:1:1: Rename it to `worker-2.yaml`.',
        'layout/unknown-file other.yaml:1:1: The only YAML file at the root is `tenantry.yaml`; move it into the folder of its kind, or remove it.',
        'layout/unknown-file tenants/acme.yaml:1:1: A tenant is a folder: move it to `tenants/acme/tenant.yaml`.',
        'policy/no-tenant tenants/globex/skills/hours.yaml:1:1: There is no tenants/globex/tenant.yaml, so this file belongs to nobody; write it, or remove the whole folder if the tenant is to go.',
        "layout/unknown-file tenants/notes.txt:1:1: `tenants/` holds folders alone: remove this file; if it took the place of a tenant's folder, bring that back.",
      ],
    },
    {
      what: 'a broken channel, and none of the tenants that rightly name it',
      tree: { ...f.base, ...f.tenant('acme'), 'channels/production.yaml': 'a: [\n' },
      expected: [
        'yaml/bad-indent channels/production.yaml:2:1: The indentation does not fit the lines around; align it with its neighbours, in spaces.',
      ],
    },
  ])('tell of $what', ({ tree, expected }) => {
    expect(problems(tree)).toEqual(expected);
  });

  it('are laid to the tenant whose files they are in, or to all', () => {
    const resolution = resolve(
      f.documents({
        ...f.base,
        ...f.tenant('acme'),
        'tenants/acme/jobs/j.yaml': 'nonsense',
        'tenants/globex.yaml': '',
        'tenants/hooli': '',
        ...f.skill('tenants/initech', 'hours'),
        ...f.tenant('umbrella'),
        'nodes/worker-2.yaml': 'nonsense',
        'sites/s.yaml': 'nonsense',
        'tenants/stray.txt': '',
        ...f.site('sites/', 'gone', { domains: ['g.example.com'], target: toTenant('gone') }),
      }),
    );
    const byTenant = [...resolution.tenants].map(([name, { newest, problems: own }]) => [
      name,
      newest !== null,
      own.length,
    ]);
    expect(byTenant).toEqual([
      ['acme', false, 1],
      ['globex', false, 1],
      ['hooli', false, 1],
      ['initech', false, 1],
      ['umbrella', true, 0],
    ]);
    expect(resolution.shared).toBeNull();
    expect(resolution.sharedProblems.map(({ path }) => path)).toEqual([
      'nodes/worker-2.yaml',
      'sites/s.yaml',
    ]);
    expect(resolution.problems.map(({ path }) => path)).toEqual(['tenants/stray.txt', 'sites/gone.yaml']);
  });

  it('lay a name in capitals to that folder, and not to the tenant that it folds to', () => {
    const { tenants } = resolve(f.documents({ ...f.base, ...f.tenant('acme'), ...f.tenant('Acme') }));
    expect(tenants.get('acme')?.newest).not.toBeNull();
    expect(tenants.get('Acme')?.newest).toBeNull();
  });
});
