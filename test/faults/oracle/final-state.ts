import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBridge } from '../../../reconciler/adapters/bridge.ts';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import type { ContainerInspect } from '../../../reconciler/engine-api.ts';
import type { NodeStatus } from '../../../reconciler/report/status.ts';
import { isOwned, label } from '../../../renderers/labels.ts';
import { mask, nameOf, type Site } from '../world/site.ts';
import type { World } from '../world/world.ts';

/** Who a container is, and since when it runs. */
export interface Identity {
  readonly id: string;
  readonly startedAt: string;
}

/** How a world is when all is quiet. */
export interface FinalState {
  /** What must equal the fault-free run's: plain JSON without ids, times, addresses and names of a world. */
  readonly comparable: Readonly<Record<string, unknown>>;
  /** By name without prefix, for those that must not have been touched. */
  readonly identities: Readonly<Record<string, Identity>>;
  /** Texts in which a secret could show: labels, configuration and mounts of all containers. */
  readonly inspected: string;
}

/**
 * Looks at everything that a reconciler leaves behind: the engine's containers, volumes and networks, the files on
 * disk, the runtimes' own records.
 *
 * @param pairs tenants whose runtime was asked to pair
 */
export async function finalState(world: World, pairs: readonly string[]): Promise<FinalState> {
  const { site } = world;
  const docker = connectDocker({ host: world.engine.host });
  const owner = { platform: site.platform, node: site.node };
  const [containers, volumes, networks] = await Promise.all([
    docker.listContainers(),
    docker.listVolumes(),
    docker.listNetworks(),
  ]);
  // On an engine of its own everything is the world's: also what bears no label, or somebody else's.
  const isOurs = (
    labels: Readonly<Record<string, string>> | null | undefined,
    names: readonly string[],
  ): boolean =>
    world.engine.own || isOwned(labels ?? null, owner) || names.some((name) => isOfWorld(site, name));
  const concerned = containers.filter(({ Labels, Names }) =>
    isOurs(
      Labels,
      Names.map((name) => name.slice(1)),
    ),
  );
  const inspects = await Promise.all(concerned.map(({ Id }) => docker.inspectContainer(Id)));
  const blank = (value: unknown): unknown => masked(world, value);
  return {
    comparable: {
      containers: blank(byName(inspects.map((inspect) => [inspect.Name.slice(1), essence(inspect)]))),
      volumes: blank(
        byName(
          volumes
            .filter(({ Labels, Name }) => isOurs(Labels, [Name]))
            .map(({ Name, Driver, Labels }) => [Name, { Driver, Labels }]),
        ),
      ),
      networks: blank(
        byName(
          networks
            .filter(({ Labels, Name }) => isOurs(Labels, [Name]))
            .map(({ Name, IPAM, Options, Labels }) => [Name, { IPAM, Options, Labels }]),
        ),
      ),
      files: blank(await digests(join(world.home.dataDir, 'tenants'))),
      secrets: blank(await digests(world.home.secretsDir)),
      loaded: byName(await Promise.all(inspects.map((inspect) => loadedBy(site, inspect)))),
      bridges: blank(byName(await Promise.all(pairs.map((name) => bridgeOf(site, name, inspects))))),
    },
    identities: Object.fromEntries(
      inspects.map(({ Name, Id, State }) => [
        mask(site, Name.slice(1)),
        { id: Id, startedAt: State.StartedAt },
      ]),
    ),
    inspected: JSON.stringify([inspects, volumes, networks]),
  };
}

/** Names that nobody else's things have, on an engine that is shared. */
function isOfWorld(site: Site, name: string): boolean {
  return site.prefix !== '' && name.includes(site.prefix);
}

/** The phases that a status tells, and what each tenant waits for. */
export function phases(site: Site, status: NodeStatus): Readonly<Record<string, unknown>> {
  const of = status.tenants.map(({ tenant, phase, state, image, quarantine, refusals }) => [
    mask(site, tenant),
    { phase, state, image, quarantined: quarantine !== null, refusals: refusals.map(({ reason }) => reason) },
  ]);
  return { tenants: Object.fromEntries(of), holds: status.holds.map(({ kind }) => kind) };
}

function essence({ Config, HostConfig, NetworkSettings, State, RestartCount }: ContainerInspect): unknown {
  const { Labels, Env, Image, Cmd, User, Healthcheck } = Config;
  return {
    config: { Labels, Env: [...(Env ?? [])].sort(), Image, Cmd, User, Healthcheck },
    host: HostConfig,
    networks: Object.keys(NetworkSettings.Networks ?? {}).sort(),
    running: State.Running,
    paused: State.Paused,
    restarts: RestartCount,
  };
}

/** What a runtime has read of its files: it may serve old ones although the new ones are in place. */
async function loadedBy(site: Site, inspect: ContainerInspect): Promise<[string, unknown]> {
  const name = mask(site, inspect.Name.slice(1));
  const address = addressIn(inspect);
  if (address === undefined || !inspect.State.Running || inspect.State.Paused) return [name, null];
  const reply = await fetch(`http://${address}:8080/api/prompts`, {
    signal: AbortSignal.timeout(5_000),
  }).catch(() => null);
  if (reply === null) return [name, null];
  const { prompts } = (await reply.json()) as { readonly prompts: unknown };
  return [name, prompts];
}

function addressIn({ NetworkSettings }: ContainerInspect): string | undefined {
  const networks = Object.values(NetworkSettings.Networks ?? {});
  return networks.map(({ IPAddress }) => IPAddress).find((one) => one !== '');
}

async function bridgeOf(
  site: Site,
  tenant: string,
  inspects: readonly ContainerInspect[],
): Promise<[string, unknown]> {
  const inspect = inspects.find(({ Config, Name }) => {
    return Config.Labels?.[label.tenant] === nameOf(site, tenant) && Name.endsWith('_runtime');
  });
  const address = inspect === undefined ? undefined : addressIn(inspect);
  if (address === undefined) return [tenant, null];
  const { lastPairing, lastDisconnect } = await createBridge().status({ address, port: 8080 });
  return [tenant, { lastPairing, lastDisconnect }];
}

/** Path to digest of every file below a folder; null where there is none. */
async function digests(dir: string): Promise<Record<string, string> | null> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return null;
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const pairs = await Promise.all(
    files.map(async (path): Promise<[string, string]> => {
      const digest = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      return [path.slice(dir.length), digest];
    }),
  );
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function byName(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function masked({ site, home }: World, value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(home.dir, '<world>')
    // A commit: which one a container was made at depends on when the fault let it be made.
    .replaceAll(/"[0-9a-f]{40}"/g, '"<revision>"')
    // It covers the paths of the world's folders. What it stands for is compared field by field.
    .replaceAll(/"v1:[0-9a-f]{24}"/g, '"v1:<hash>"');
  return JSON.parse(mask(site, text));
}
