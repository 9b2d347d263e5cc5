import type { ContainerCreateBody } from '../../../reconciler/engine-api.ts';
import { containerFilters, containerMatcher, readFilters } from './filters.ts';
import { frame } from './output.ts';
import { EngineProblem } from './problem.ts';
import { beginStream } from './reply.ts';
import { type Answer, type Asked, isTrue, json, type Routes, timed } from './routes.ts';

const one = '/containers/{id}';

export const containerRoutes: Routes = {
  'GET /containers/json': list,
  'POST /containers/create': create,
  [`GET ${one}/json`]: ({ engine, ref }) => {
    const container = engine.world.container(ref);
    return { status: 200, json: engine.documents.inspect(container) };
  },
  [`POST ${one}/start`]: about(start),
  [`POST ${one}/stop`]: about(stop),
  [`POST ${one}/restart`]: about(timed('restart', ({ engine, ref }) => engine.containers.restart(ref))),
  [`POST ${one}/kill`]: kill,
  [`POST ${one}/pause`]: about(timed('pause', ({ engine, ref }) => engine.containers.pause(ref))),
  [`POST ${one}/unpause`]: about(timed('unpause', ({ engine, ref }) => engine.containers.unpause(ref))),
  [`POST ${one}/rename`]: about(
    timed('rename', ({ engine, ref, query }) => engine.containers.rename(ref, query['name'] ?? '')),
  ),
  [`POST ${one}/update`]: about(async ({ engine, ref, body, latency }) => {
    engine.world.container(ref);
    await latency.spend('update');
    engine.containers.update(ref, body);
    return json({ Warnings: null });
  }),
  [`POST ${one}/wait`]: wait,
  [`DELETE ${one}`]: remove,
  [`GET ${one}/logs`]: logs,
};

/** A call about a container: it must be there before the engine takes its time, and has other documents afterwards. */
function about(handler: (asked: Asked) => Answer | Promise<Answer>): (asked: Asked) => Promise<Answer> {
  return async (asked) => {
    const { Id } = asked.engine.world.container(asked.ref);
    try {
      return await handler(asked);
    } finally {
      asked.engine.documents.forget(Id);
    }
  };
}

function list({ engine, query }: Asked): Answer {
  const filters = readFilters(query['filters'], containerFilters);
  const all = isTrue(query['all']) || filters['status'] !== undefined || filters['exited'] !== undefined;
  const limit = Number(query['limit'] ?? 0);
  const matches = containerMatcher(filters);
  // Newest first.
  const found = [...engine.world.containers.values()]
    .reverse()
    .filter((container) => (all || limit > 0 || container.State.Running) && matches(container));
  const shown = limit > 0 ? found.slice(0, limit) : found;
  return {
    status: 200,
    json: `[${shown.map((container) => engine.documents.summary(container)).join(',')}]`,
  };
}

async function create({ engine, query, body, latency }: Asked): Promise<Answer> {
  const name = query['name'] || `unnamed_${engine.world.now().replace(/\D/g, '')}`;
  await latency.spend('create');
  const { Id } = engine.containers.create(name.replace(/^\//, ''), body as ContainerCreateBody);
  return json({ Id, Warnings: [] }, 201);
}

async function start({ engine, ref, latency }: Asked): Promise<Answer> {
  const { State } = engine.world.container(ref);
  // A start that has nothing to do is quick.
  if (!State.Running) await latency.spend('start');
  return { status: engine.containers.start(ref) ? 204 : 304, json: null };
}

async function stop({ engine, ref, latency }: Asked): Promise<Answer> {
  if (engine.world.container(ref).State.Running) await latency.spend('stop');
  return { status: engine.containers.stop(ref) ? 204 : 304, json: null };
}

async function kill({ engine, ref, query, latency }: Asked): Promise<Answer> {
  await latency.spend('kill');
  engine.containers.kill(ref, query['signal'] || 'SIGKILL');
  return { status: 204, json: null };
}

async function remove({ engine, ref, query, latency }: Asked): Promise<Answer> {
  const { Id } = engine.world.container(ref);
  const options = { force: isTrue(query['force']) };
  const finish = engine.containers.beginRemoval(ref, options, isTrue(query['v']));
  await latency.spend('remove');
  finish();
  engine.documents.forget(Id);
  engine.output.forget(Id);
  return { status: 204, json: null };
}

/** Answers its head at once and the rest when what is waited for has happened. */
function wait({ engine, ref, query, response }: Asked): null {
  const container = engine.world.container(ref);
  const condition = query['condition'] || 'not-running';
  const { Id, State } = container;
  beginStream(response, 'application/json');
  const finish = () => response.end(`${JSON.stringify({ Error: null, StatusCode: State.ExitCode })}\n`);
  if (condition === 'not-running' && !State.Running) {
    finish();
    return null;
  }
  const awaited = condition === 'removed' ? 'destroy' : 'die';
  const end = engine.world.events.subscribe(({ Type, Action, Actor }) => {
    if (Type !== 'container' || Action !== awaited || Actor.ID !== Id) return;
    end();
    finish();
  });
  response.once('close', end);
  return null;
}

function logs({ engine, ref, query, response }: Asked): null {
  const { Id, Config, State } = engine.world.container(ref);
  const wanted = new Set([...(isTrue(query['stdout']) ? [1] : []), ...(isTrue(query['stderr']) ? [2] : [])]);
  if (wanted.size === 0) throw new EngineProblem(400, 'Bad parameters: you must choose at least one stream');
  const tty = Config['Tty'] === true;
  const bytes = (line: { readonly stream: 1 | 2; readonly text: string }) =>
    tty ? Buffer.from(`${line.text}\r\n`) : frame(line);
  beginStream(response, null);
  const printed = engine.output.lines(Id).filter(({ stream }) => wanted.has(stream));
  const tail = /^\d+$/.test(query['tail'] ?? '') ? Number(query['tail']) : printed.length;
  for (const line of tail === 0 ? [] : printed.slice(-tail)) response.write(bytes(line));
  if (!isTrue(query['follow']) || !State.Running) {
    response.end();
    return null;
  }
  const ends = [
    engine.output.follow(Id, (line) => wanted.has(line.stream) && response.write(bytes(line))),
    engine.world.events.subscribe(({ Type, Action, Actor }) => {
      if (Type === 'container' && Action === 'die' && Actor.ID === Id) response.end();
    }),
  ];
  response.once('close', () => ends.forEach((end) => end()));
  return null;
}
