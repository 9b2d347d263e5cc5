import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { label } from '../../../renderers/labels.ts';
import { dockerScope } from '../../support/docker-cleanup.ts';
import type { EngineChange, TestEngine } from './engine.ts';
import type { Site } from './site.ts';

/** Ends of a run, as the engine tells them. */
const ends: ReadonlySet<string> = new Set(['die', 'destroy', 'pause']);
const begins: ReadonlySet<string> = new Set(['start', 'unpause']);

/**
 * A real engine, seen by its events. They do not tell when a container begins to answer: what runs counts as healthy
 * here, and the engine double is where that is looked at closely.
 */
export async function openReal(host: string, site: Site): Promise<TestEngine> {
  const docker = connectDocker({ host });
  const abort = new AbortController();
  const changes: EngineChange[] = [];
  const running = new Set<string>();
  const watching = Promise.withResolvers<void>();
  const watch = docker.watchEvents(
    ({ type, action, id, name, attributes, time }) => {
      if (type !== 'container') return;
      if (ends.has(action)) running.delete(id);
      if (begins.has(action)) running.add(id);
      const is = { running: running.has(id), healthy: running.has(id), image: attributes['image'] ?? '' };
      const container = action === 'destroy' ? null : is;
      changes.push({ at: time, action, id, name: name ?? id, labels: attributes, container });
    },
    () => watching.resolve(),
    abort.signal,
  );
  await watching.promise;
  return {
    host,
    own: false,
    socket: host.replace('unix://', ''),
    changes: () => changes,
    async close() {
      abort.abort(new Error('the world ends'));
      await watch;
      await removeAll(host, site);
    },
  };
}

/** All that bears the site's names or labels. */
async function removeAll(host: string, site: Site): Promise<void> {
  const tenants = dockerScope(host, `tenant_${site.prefix}`);
  tenants.label(`${label.platform}=${site.platform}`);
  await tenants.cleanup();
  await dockerScope(host, site.prefix).cleanup();
}
