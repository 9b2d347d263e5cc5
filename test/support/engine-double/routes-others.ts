import { networkDocument } from './documents.ts';
import {
  eventFilters,
  matchesEvent,
  matchesNetwork,
  matchesVolume,
  networkFilters,
  readFilters,
  volumeFilters,
} from './filters.ts';
import { inspectImage, pullLines } from './images.ts';
import type { NetworkBody } from './networks.ts';
import { EngineProblem } from './problem.ts';
import { apiVersion, beginStream, sendText, serverVersion } from './reply.ts';
import { type Answer, type Asked, json, type Routes } from './routes.ts';
import type { RawEvent } from './shapes.ts';
import { newId } from './world.ts';

export const otherRoutes: Routes = {
  'GET /_ping': ping,
  'HEAD /_ping': ping,
  'GET /info': info,
  'GET /version': () =>
    json({
      Platform: { Name: '' },
      Version: serverVersion,
      ApiVersion: apiVersion,
      MinAPIVersion: '1.12',
      Os: 'linux',
      Arch: 'amd64',
      KernelVersion: '6.1.0',
    }),
  'GET /networks': ({ engine, query }) => {
    const filters = readFilters(query['filters'], networkFilters);
    const found = engine.networks
      .all()
      .filter((network) => matchesNetwork(network, engine.world.builtin.has(network.Id), filters));
    return json(found);
  },
  'GET /networks/{id}': ({ engine, ref }) => {
    const network = engine.world.network(ref);
    return json(networkDocument(network, engine.networks.members(network)));
  },
  'POST /networks/create': async ({ engine, body, latency }) => {
    await latency.spend('network');
    return json({ Id: engine.networks.create(body as NetworkBody).Id, Warning: '' }, 201);
  },
  'POST /networks/{id}/connect': (asked) => join(asked, 'connect'),
  'POST /networks/{id}/disconnect': (asked) => join(asked, 'disconnect'),
  'DELETE /networks/{id}': async ({ engine, ref, latency }) => {
    engine.world.network(ref);
    await latency.spend('network');
    engine.networks.remove(ref);
    return { status: 204, json: null };
  },
  'GET /volumes': ({ engine, query }) => {
    const filters = readFilters(query['filters'], volumeFilters);
    const used = new Set(
      [...engine.world.containers.values()].flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => Name ?? [])),
    );
    const Volumes = engine.volumes.all().filter((volume) => matchesVolume(volume, filters, used));
    return json({ Volumes, Warnings: null });
  },
  'GET /volumes/{name}': ({ engine, ref }) => json(engine.volumes.find(ref)),
  'POST /volumes/create': async ({ engine, body, latency }) => {
    const { Name, Labels } = body as { readonly Name?: string; readonly Labels?: Record<string, string> };
    await latency.spend('volume');
    return json(engine.volumes.create(Name || newId(), Labels ?? null), 201);
  },
  'DELETE /volumes/{name}': async ({ engine, ref, latency }) => {
    await latency.spend('volume');
    engine.volumes.remove(ref);
    return { status: 204, json: null };
  },
  'GET /images/json': ({ engine }) =>
    json([...new Set(engine.world.images.values())].map(({ Config: _config, ...image }) => image)),
  'GET /images/{name}/json': ({ engine, ref }) => json(inspectImage(engine.world, ref)),
  'POST /images/create': pull,
  'GET /events': events,
};

function ping({ response }: Asked): null {
  sendText(response, 'OK');
  return null;
}

function info({ engine: { world } }: Asked): Answer {
  const states = [...world.containers.values()].map(({ State }) => State);
  return json({
    ID: world.id,
    Containers: states.length,
    ContainersRunning: states.filter(({ Running, Paused }) => Running && !Paused).length,
    ContainersPaused: states.filter(({ Paused }) => Paused).length,
    ContainersStopped: states.filter(({ Running }) => !Running).length,
    Images: world.images.size,
    Driver: 'overlay2',
    MemoryLimit: true,
    SwapLimit: true,
    PidsLimit: true,
    NCPU: 2,
    OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    OSType: 'linux',
    Architecture: 'x86_64',
    Name: 'engine-double',
    Labels: [],
    ServerVersion: serverVersion,
    LiveRestoreEnabled: false,
    DockerRootDir: '/var/lib/docker',
    Warnings: null,
  });
}

async function join({ engine, ref, body, latency }: Asked, verb: 'connect' | 'disconnect'): Promise<Answer> {
  const { Container = '' } = body as { readonly Container?: string };
  engine.world.network(ref);
  await latency.spend(verb);
  engine.networks[verb](ref, Container);
  const found = engine.world.containers.get(Container) ?? engine.world.named(Container);
  if (found !== undefined) engine.documents.forget(found.Id);
  return { status: 200, json: null };
}

/** Answers 200 before it knows the outcome; a registry that does not have the image is told before that. */
async function pull({ engine: { world }, query, latency, response }: Asked): Promise<Answer> {
  const { fromImage = '', tag = '' } = query;
  const ref = tag === '' ? fromImage : `${fromImage}:${tag}`;
  if (!world.registry.has(ref)) throw new EngineProblem(500, 'manifest unknown');
  beginStream(response, 'application/json');
  const broken = world.broken.get(ref);
  if (broken !== undefined) {
    response.end(`${JSON.stringify({ errorDetail: { message: broken }, error: broken })}\r\n`);
    return null;
  }
  response.write(`${JSON.stringify({ status: `Pulling from ${fromImage}`, id: tag })}\r\n`);
  if (world.hanging.has(ref)) return null;
  await latency.spend('pull');
  const lines = pullLines(world, ref).map((line) => `${JSON.stringify(line)}\r\n`);
  response.end(lines.join(''));
  return null;
}

function events({ engine: { world }, query, response }: Asked): null {
  const filters = readFilters(query['filters'], eventFilters);
  const until = query['until'] === undefined ? null : Number(query['until']);
  beginStream(response, 'application/json');
  const send = (event: RawEvent): void => {
    if (matchesEvent(event, filters)) response.write(`${JSON.stringify(event)}\n`);
  };
  if (query['since'] !== undefined) {
    for (const event of world.events.since(Number(query['since']))) {
      if (until === null || event.timeNano / 1e9 <= until) send(event);
    }
  }
  const left = until === null ? null : until * 1000 - Date.now();
  if (left !== null && left <= 0) {
    response.end();
    return null;
  }
  const end = world.events.subscribe(send);
  const timer = left === null ? undefined : setTimeout(() => response.end(), left);
  response.once('close', () => {
    end();
    clearTimeout(timer);
  });
  return null;
}
