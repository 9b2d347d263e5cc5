import { randomBytes, randomInt } from 'node:crypto';
import { engineHost } from '../../support/engine.ts';
import { runtimeImage } from '../../support/host.ts';
import { openDouble } from '../world/engine.ts';
import { openReal } from '../world/real-engine.ts';
import { makeSite, type Site } from '../world/site.ts';
import type { WorldOptions } from '../world/world.ts';

/** Names, images and engines for the worlds of a campaign. */
export interface OpenSite extends Pick<WorldOptions, 'openEngine' | 'deadlines' | 'delayMs'> {
  readonly site: Site;
  close(): Promise<void>;
}

const registry = 'registry.example.com/runtime';

/** @param engine `docker`: the real engine that `DOCKER_HOST` names */
export function openSite(engine: 'double' | 'docker'): Promise<OpenSite> {
  return engine === 'double' ? onDoubles() : onRealEngine();
}

/** Each world has an engine of its own. Its calls take no time; deadlines only have to outlast a busy machine. */
async function onDoubles(): Promise<OpenSite> {
  const images = { v1: `${registry}:v1.0.0`, v2: `${registry}:v2.0.0`, bad: `${registry}:v3.0.0` };
  const site = await makeSite({ prefix: '', pool: '10.210.0.0/24', images, startPeriod: '1s' });
  return {
    site,
    openEngine: (folder) => openDouble(images, folder),
    deadlines: { read: 5_000, change: 6_000, stopGrace: 5_000, pullIdle: 5_000 },
    delayMs: 300,
    close: async () => {},
  };
}

/** One world at a time: they would share the engine's names. */
async function onRealEngine(): Promise<OpenSite> {
  const images = {
    v1: await runtimeImage('v1'),
    v2: await runtimeImage('v2'),
    bad: await runtimeImage('v1', true),
  };
  const prefix = `f${randomBytes(3).toString('hex')}-`;
  const pool = `10.${randomInt(128, 192)}.${randomInt(0, 256)}.0/24`;
  const site = await makeSite({ prefix, pool, images, startPeriod: '5s' });
  const host = engineHost();
  return {
    site,
    openEngine: () => openReal(host, site),
    // A delay of 5 s is within the time that a call has.
    deadlines: { read: 8_000, change: 15_000, stopGrace: 8_000, pullIdle: 5_000 },
    delayMs: 5_000,
    close: async () => {},
  };
}
