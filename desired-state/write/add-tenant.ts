import { patterns } from '../../schemas/patterns.ts';
import type { Proposal, SourceFiles } from './edit.ts';
import { channelFile, nodeFile, proposal } from './edit.ts';
import { EditError } from './edit-error.ts';
import { renderFlow } from './yaml-render.ts';

/** What a new tenant has to say; everything else comes from its plan, its channel and the defaults. */
export interface NewTenant {
  readonly name: string;
  /** E-mail address of who answers for it. */
  readonly owner: string;
  readonly node: string;
  readonly channel: string;
  readonly plan: string | null;
  readonly subdomain: string | null;
}

/**
 * Adds a tenant from a template whose comments show what else can be set.
 * @throws EditError `edit/refused` when the name is none, or its folder exists; `edit/unknown` for a node or channel that is not there
 */
export function addTenant(source: SourceFiles, tenant: NewTenant): Proposal {
  if (!new RegExp(patterns.name.source).test(tenant.name)) {
    throw new EditError('edit/refused', `The name of a tenant ${patterns.name.rule}.`);
  }
  const folder = `tenants/${tenant.name}/`;
  if (source.list().some((path) => path.startsWith(folder))) {
    throw new EditError('edit/refused', `${folder} exists already; choose another name.`);
  }
  nodeFile(source, tenant.node);
  channelFile(source, tenant.channel);
  return proposal({
    verb: 'add',
    subject: `${tenant.name}: add the tenant to ${tenant.node}`,
    body: [
      `Runs the images of ${tenant.channel}${tenant.plan === null ? '' : ` on the plan ${tenant.plan}`}.`,
    ],
    edits: [{ path: `${folder}tenant.yaml`, before: null, after: tenantTemplate(tenant) }],
    folders: [folder],
  });
}

function tenantTemplate({ name, owner, node, channel, plan, subdomain }: NewTenant): string {
  const optional = [
    plan === null ? [] : [`  plan: ${renderFlow(plan)}   # quotas, from tenantry.yaml`],
    subdomain === null ? [] : [`  subdomain: ${renderFlow(subdomain)}`],
  ].flat();
  return `# yaml-language-server: $schema=../../.tenantry/schemas/tenant.schema.json
apiVersion: tenantry.dev/v1
kind: Tenant
metadata: {name: ${renderFlow(name)}}
spec:
  owner: ${renderFlow(owner)}
  node: ${renderFlow(node)}
  channel: ${renderFlow(channel)}   # its images; \`image:\` would pin this tenant by itself
${optional.map((line) => `${line}\n`).join('')}  runtime:
    state: running   # running or stopped
    # Data that must outlive containers needs a volume; without one, every new container begins empty.
    # volumes:
    #   - {name: state, mountPath: /data/state}
    update: {strategy: stop-first, drain: 10s}   # start-first has no downtime, and needs no volumes
  drift: heal   # \`report\` would show what others change on the node, and leave it
`;
}
