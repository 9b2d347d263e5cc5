/** A repository of many tenants, as a platform has them: text that people would write, nothing repeated needlessly. */

export const images = [
  'registry.example.com/tenantry/runtime:sha-4f2c1d9',
  'registry.example.com/tenantry/runtime:sha-9c3e0b7',
] as const;

const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Africa/Nairobi', 'America/Sao_Paulo'];

export function tenantName(index: number): string {
  return `tenant-${String(index).padStart(5, '0')}`;
}

/** What of a tenant a commit changes; everything else follows from its number. */
export interface Variation {
  /** Position in `images`. */
  readonly image?: 0 | 1;
  readonly cpus?: number;
  /** Stands in the prompt. */
  readonly word?: string;
}

/**
 * Files of the whole repository by path. A node names no capacity: the schema takes at most 4,000 there.
 *
 * @param nodes have as many tenants each, the first ones the first
 * @param viewers e-mail addresses of people who may look at everything
 */
export function* repositoryFiles(
  tenants: number,
  platform: string,
  nodes: readonly string[],
  viewers: readonly string[] = [],
): Generator<[string, string]> {
  yield ['tenantry.yaml', platformYaml(platform, viewers)];
  for (const node of nodes) yield [`nodes/${node}.yaml`, nodeYaml(node)];
  yield ['channels/production.yaml', channelYaml()];
  for (let index = 0; index < tenants; index += 1) {
    yield* tenantFiles(index, nodes[Math.floor((index * nodes.length) / tenants)] ?? '');
  }
}

/** Every tenant has a prompt, every second one a skill: two and a half documents each. */
export function* tenantFiles(
  index: number,
  node: string,
  variation: Variation = {},
): Generator<[string, string]> {
  const folder = `tenants/${tenantName(index)}`;
  yield [`${folder}/tenant.yaml`, tenantYaml(index, node, variation)];
  yield [`${folder}/prompts/greeting.yaml`, promptYaml(index, variation.word ?? 'friendly')];
  if (index % 2 === 0) yield [`${folder}/skills/order-status.yaml`, skillYaml(index)];
}

function platformYaml(name: string, viewers: readonly string[]): string {
  return `apiVersion: tenantry.dev/v1
kind: Platform
metadata: {name: ${name}}
spec:
  access: {viewer: [${viewers.join(', ')}]}
  defaults:
    runtime:
      env: {LOG_LEVEL: info}
      resources: {memory: 256Mi, cpus: 0.25, pids: 128}
      health: {http: {path: /api/health, port: 8080}, interval: 30s, timeout: 2s, retries: 3, startPeriod: 20s}
`;
}

function nodeYaml(name: string): string {
  return `apiVersion: tenantry.dev/v1
kind: Node
metadata: {name: ${name}}
spec:
  network: {pool: 10.64.0.0/12, shards: 16}
  environment: {NODE_REGION: home}
`;
}

function channelYaml(): string {
  return `apiVersion: tenantry.dev/v1
kind: Channel
metadata: {name: production}
spec:
  images:
    runtime: ${images[0]}
`;
}

function tenantYaml(index: number, node: string, { image, cpus }: Variation): string {
  const name = tenantName(index);
  const pinned = image === undefined ? '' : `    image: ${images[image]}\n`;
  const volume =
    index % 3 === 0 ? '' : `    volumes:\n      - {name: state, mountPath: /data/state, backup: true}\n`;
  return `# Customer ${index + 1}, taken over in spring.
apiVersion: tenantry.dev/v1
kind: Tenant
metadata: {name: ${name}, labels: {tier: ${index % 4 === 0 ? 'pro' : 'free'}}}
spec:
  owner: ops@${name}.example
  node: ${node}
  channel: production
  runtime:
${pinned}    env:
      LOG_LEVEL: ${index % 5 === 0 ? 'debug' : 'info'}
    resources: {memory: ${index % 4 === 0 ? '384Mi' : '256Mi'}, cpus: ${cpus ?? 0.25}}
${volume}    update: {strategy: ${index % 3 === 0 ? 'start-first' : 'stop-first'}, drain: 2s}
  config:
    timezone: ${zones[index % zones.length]}
    language: ${index % 2 === 0 ? 'de' : 'en'}
    openingHours: {monday: "9-17", friday: "9-13"}
  drift: heal
`;
}

function promptYaml(index: number, word: string): string {
  return `apiVersion: tenantry.dev/v1
kind: Prompt
metadata: {name: greeting}
spec:
  description: First answer to a new contact.
  text: |
    Greet the customer by name and thank them for writing to shop ${index + 1}.
    Stay ${word}, ask one question at a time, and never promise a day of delivery.
    Hand over to a person when somebody asks twice for the same thing.
`;
}

function skillYaml(index: number): string {
  return `apiVersion: tenantry.dev/v1
kind: Skill
metadata: {name: order-status}
spec:
  description: Use when somebody asks where an order is.
  instructions: |
    Ask for the order number when it is missing.
    Answer with the state and the expected day of delivery, nothing else.
  parameters:
    order: {type: string, description: "Order number, as in A-${1000 + index}."}
`;
}
