import { setTimeout as sleep } from 'node:timers/promises';
import type { Neighbourhood } from './neighbourhood.ts';
import { images } from './tenants.ts';

/** A way to break one tenant. `begin` answers what ends it. */
export interface Way {
  readonly name: string;
  readonly begin: (around: Neighbourhood) => Promise<() => Promise<void>>;
}

const nothing = async (): Promise<void> => {};
const registry = 'registry.example.com/tenantry/runtime';

/** The tenant pins an image of its own. */
function pinned(image: string): (text: string) => string {
  return (text) => text.replace('  runtime:\n', `  runtime:\n    image: ${image}\n`);
}

function files(name: string, change: (text: string) => string): Way {
  return { name, begin: async (around) => (await around.write(change), nothing) };
}

/** Another hand that does the same to the tenant's container ten times a second, for as long as the measurement lasts. */
function again(name: string, deed: (around: Neighbourhood) => Promise<unknown>): Way {
  return {
    name,
    begin: async (around) => {
      const stop = new AbortController();
      const hand = async (): Promise<void> => {
        while (!stop.signal.aborted) {
          await deed(around);
          await sleep(100);
        }
      };
      const running = hand();
      return async () => {
        stop.abort();
        await running;
      };
    },
  };
}

function image(name: string, tag: string, spoil: (around: Neighbourhood, ref: string) => Promise<void>): Way {
  return {
    name,
    begin: async (around) => {
      const ref = `${registry}:${tag}`;
      await spoil(around, ref);
      await around.write(pinned(ref));
      return nothing;
    },
  };
}

/** Ten, of every kind: files, registry, image, engine, disk, another hand. */
export const ways: readonly Way[] = [
  files('its files are no YAML', () => 'kind: [broken'),
  files('its node is not known', (text) => text.replace(/node: .*/, 'node: nowhere')),
  files('its image is in no registry', pinned(`${registry}:sha-0000000`)),
  image('its pull breaks in the middle', 'sha-1111111', async ({ node }, ref) => {
    await node.engine.control.offer(ref);
    await node.engine.control.breakPull(ref, 'unexpected EOF');
  }),
  image('its image ends as soon as it starts', 'sha-2222222', async ({ node }, ref) => {
    await node.engine.control.addImage(ref);
    await node.engine.control.crash(ref);
  }),
  image('its image never becomes healthy', 'sha-3333333', async ({ node }, ref) => {
    await node.engine.control.addImage(ref);
    await node.engine.control.sicken(ref);
  }),
  again('another hand kills it again and again', ({ raw, container }) =>
    raw.ask('POST', `/containers/${container}/kill`),
  ),
  again('another hand removes it again and again', ({ raw, container }) =>
    raw.ask('DELETE', `/containers/${container}?force=1`),
  ),
  {
    name: 'a stranger has its name',
    begin: async ({ raw, container }) => {
      await raw.ask('DELETE', `/containers/${container}?force=1`);
      await raw.ask('POST', `/containers/create?name=${container}`, { Image: images[0] });
      return async () => void (await raw.ask('DELETE', `/containers/${container}?force=1`));
    },
  },
  { name: 'its folder is a file', begin: async (around) => (await around.spoilFolder(), nothing) },
];
