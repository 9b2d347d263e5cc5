import { type AgeKey, generateKey } from '../../../desired-state/secrets/identity.ts';
import { seal } from '../../../desired-state/secrets/seal.ts';
import type { Files } from '../../support/git-repo.ts';
import { yaml } from '../../support/host.ts';
import { canary } from '../../support/leaks.ts';

/** Pinned images of the reference runtime. `bad` never becomes healthy. */
export interface Images {
  readonly v1: string;
  readonly v2: string;
  readonly bad: string;
}

/** What all worlds of a campaign have in common: names, images, the node's key, the secrets and their values. */
export interface Site {
  readonly platform: string;
  readonly node: string;
  /** In front of tenants' names, where an engine is shared. */
  readonly prefix: string;
  readonly pool: string;
  readonly images: Images;
  /** How long a runtime may take to answer for the first time, before failures count. */
  readonly startPeriod: string;
  readonly key: AgeKey;
  /** The values of all secrets: they must appear nowhere but on the tmpfs. */
  readonly canaries: readonly string[];
}

export async function makeSite(
  parts: Pick<Site, 'prefix' | 'pool' | 'images' | 'startPeriod'>,
): Promise<Site> {
  const { prefix } = parts;
  const key = await generateKey();
  return {
    ...parts,
    platform: `${prefix}faults`,
    node: `${prefix}worker`,
    key,
    canaries: [canary(), canary()],
  };
}

export function nameOf(site: Site, tenant: string): string {
  return `${site.prefix}${tenant}`;
}

/** A text without what differs between sites. */
export function mask(site: Site, text: string): string {
  return site.prefix === '' ? text : text.replaceAll(site.prefix, '');
}

export function platformFiles(site: Site, spec: Readonly<Record<string, unknown>> = {}): Files {
  return {
    'tenantry.yaml': yaml('Platform', site.platform, spec),
    [`nodes/${site.node}.yaml`]: yaml('Node', site.node, { network: { pool: site.pool, shards: 1 } }),
  };
}

/** Quick where all is well. */
const health = {
  http: { path: '/api/health', port: 8080 },
  interval: '100ms',
  timeout: '2s',
  retries: 3,
};

export interface TenantParts {
  readonly image?: string;
  readonly strategy?: 'start-first' | 'stop-first';
  readonly runtime?: Readonly<Record<string, unknown>>;
  readonly whatsapp?: Readonly<Record<string, unknown>>;
  readonly prompt?: string;
  readonly drift?: 'heal' | 'report';
  readonly secret?: boolean;
}

/** The files of a tenant with a volume, a health check, a prompt and, where asked, a secret. */
export async function tenantFiles(site: Site, tenant: string, parts: TenantParts = {}): Promise<Files> {
  const name = nameOf(site, tenant);
  const { image = site.images.v1, strategy = 'start-first', prompt = 'Hello.', secret = true } = parts;
  const runtime = {
    health: { ...health, startPeriod: site.startPeriod },
    volumes: [{ name: 'state', mountPath: '/data/state' }],
    resources: { memory: '64Mi', cpus: 0.2, pids: 64 },
    update: { strategy, drain: '1s' },
    ...(secret ? { secrets: ['API_KEY'] } : {}),
    ...parts.runtime,
  };
  const whatsapp = parts.whatsapp === undefined ? {} : { whatsapp: parts.whatsapp };
  const drift = parts.drift === undefined ? {} : { drift: parts.drift };
  const spec = { owner: 'ops@example.com', node: site.node, image, runtime, ...whatsapp, ...drift };
  return {
    [`tenants/${name}/tenant.yaml`]: yaml('Tenant', name, spec),
    [`tenants/${name}/prompts/greeting.yaml`]: yaml('Prompt', 'greeting', { text: prompt }),
    ...(secret ? { [`tenants/${name}/secrets.yaml`]: await secretsFile(site, tenant) } : {}),
  };
}

/** Takes a tenant's files out again. */
export function without(files: Files): Files {
  return Object.fromEntries(Object.keys(files).map((path) => [path, null]));
}

const sealed = new Map<string, Promise<string>>();

/** The same ciphertext each time: a value that is sealed anew is another value to Git. */
async function secretsFile(site: Site, tenant: string): Promise<string> {
  const name = nameOf(site, tenant);
  const value = site.canaries[tenant === 'acme' ? 0 : 1] ?? '';
  const id = `${site.key.recipient} ${name}`;
  const kept = sealed.get(id) ?? seal(name, 'API_KEY', Buffer.from(value), [site.key.recipient]);
  sealed.set(id, kept);
  return yaml('Secrets', name, { values: { API_KEY: await kept } });
}
