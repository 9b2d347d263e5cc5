import { describe, expect, test } from 'vitest';
import type { DesiredState, DesiredTenant } from '../../desired-state/model.ts';
import { ReconcilerError } from '../../reconciler/errors.ts';
import { desiredState, tenant } from '../support/desired.ts';
import { Sandbox } from '../support/sandbox.ts';

const main = 'tenant_acme_runtime';
const image = (version: string): string => `registry.example.com/runtime:v${version}.0.0`;
const startFirst = { strategy: 'start-first' as const, drainMs: 1_000 };

const greeting = (text: string): Pick<DesiredTenant, 'prompts'> => ({
  prompts: { greeting: { text, description: '', path: 'tenants/acme/prompts/greeting.yaml' } },
});

let commits = 0;
const asking = (parts: Partial<DesiredTenant>): DesiredState => {
  commits += 1;
  return desiredState([tenant('acme', parts)], String(commits).padStart(40, '0'));
};

/** A node that serves the first greeting, and a list of its changing calls in which each writing of files is told too. */
async function serving(parts: Partial<DesiredTenant> = {}): Promise<Sandbox> {
  const sandbox = new Sandbox();
  const { files, engine } = sandbox;
  const write = files.write.bind(files);
  files.write = async (name, contents, beginning) => {
    engine.calls.push('write files');
    await write(name, contents, beginning);
  };
  sandbox.commit(asking({ ...greeting('Hello.'), ...parts }));
  await sandbox.converge();
  sandbox.takeCalls();
  return sandbox;
}

/** What was done since, from the writing of the files on; the first word of each call. */
const sinceWritten = (calls: readonly string[]): string[] =>
  calls.slice(calls.lastIndexOf('write files')).map((call) => call.split(' ').slice(0, 2).join(' '));

describe('new files reach the runtime that serves', () => {
  test('although its container was believed missing while they were written', async () => {
    const sandbox = await serving();
    const { engine } = sandbox;
    const list = engine.listContainers.bind(engine);
    let stale = true;
    engine.listContainers = async (filter) => {
      if (!stale) return list(filter);
      stale = false;
      return [];
    };
    sandbox.commit(asking(greeting('Good day.')));
    await sandbox.converge();
    expect(sandbox.takeCalls()).toEqual(['write files', `createContainer ${main}`]);
    await sandbox.clock.sleep(60_000);
    await sandbox.converge();
    expect(sinceWritten(sandbox.takeCalls())).toEqual([`signalContainer ${main}`]);
  });

  test('by a restart where their folder was made anew, also when the first restart failed or nobody was there to ask for it', async () => {
    const restarted = `restartContainer ${main}`;
    for (const dies of [false, true]) {
      const sandbox = await serving();
      const { engine, files, clock } = sandbox;
      // The engine double has the machine's clock.
      clock.time = Date.now();
      files.folders.delete('acme');
      const restart = engine.restartContainer.bind(engine);
      engine.restartContainer = async () => {
        engine.restartContainer = restart;
        throw new ReconcilerError('docker/failed', 'the engine is ill', { retry: 'backoff' });
      };
      await sandbox.converge();
      expect(sandbox.takeCalls()).toEqual(['write files']);
      if (dies) sandbox.restart();
      await clock.sleep(60_000);
      await sandbox.converge();
      expect(sandbox.takeCalls()).toEqual([restarted]);
      await sandbox.converge();
      sandbox.commit(asking(greeting('Good day.')));
      await sandbox.converge();
      expect(sandbox.takeCalls()).toEqual(['write files', `signalContainer ${main} SIGHUP`]);
    }
  });

  test('by a restart where their folder was seen, and had to be made when they were written', async () => {
    const sandbox = await serving();
    const { files, clock } = sandbox;
    // The engine double has the machine's clock.
    clock.time = Date.now();
    const write = files.write.bind(files);
    files.write = async (...args) => {
      files.write = write;
      files.folders.delete('acme');
      await write(...args);
    };
    sandbox.commit(asking(greeting('Good day.')));
    await sandbox.converge();
    expect(sandbox.takeCalls()).toEqual([
      'write files',
      `signalContainer ${main} SIGHUP`,
      `restartContainer ${main}`,
    ]);
    await sandbox.converge();
    expect(sandbox.takeCalls()).toEqual([]);
  });

  test('INV-11: without a restart where it was started after its folder was made, also when nobody heard of the start', async () => {
    const sandbox = new Sandbox();
    const { engine, clock } = sandbox;
    // The engine double has the machine's clock.
    clock.time = Date.now() - 1_000;
    const start = engine.startContainer.bind(engine);
    engine.startContainer = async (id) => {
      engine.startContainer = start;
      await start(id);
      throw new Error('the reconciler died here');
    };
    sandbox.commit(asking(greeting('Hello.')));
    await sandbox.converge();
    sandbox.restart();
    sandbox.takeCalls();
    await sandbox.converge();
    expect(sandbox.takeCalls()).toEqual([`signalContainer ${main} SIGHUP`]);
    await sandbox.converge();
    expect(sandbox.takeCalls()).toEqual([]);
  });

  test('although its successor, which came with them, was bad', async () => {
    const sandbox = await serving({ update: startFirst });
    const { engine } = sandbox;
    engine.crashing.add(image('2'));
    sandbox.commit(asking({ ...greeting('Good day.'), update: startFirst, image: image('2') }));
    await sandbox.converge();
    const calls = sinceWritten(sandbox.takeCalls());
    expect(calls).toContain(`removeContainer ${main}_next`);
    expect(calls.at(-1)).toBe(`signalContainer ${main}`);
    expect(calls).not.toContain(`stopContainer ${main}`);
  });

  test('by a restart where their folder was lost and made anew for a successor that was bad', async () => {
    const sandbox = await serving({ update: startFirst });
    const { engine, files, clock } = sandbox;
    // The engine double has the machine's clock.
    clock.time = Date.now();
    engine.crashing.add(image('2'));
    const pull = engine.pullImage.bind(engine);
    engine.pullImage = async (...args) => {
      files.folders.delete('acme');
      await pull(...args);
    };
    sandbox.commit(asking({ ...greeting('Hello.'), update: startFirst, image: image('2') }));
    await sandbox.converge();
    const calls = sinceWritten(sandbox.takeCalls());
    expect(calls).toContain(`removeContainer ${main}_next`);
    expect(calls.at(-1)).toBe(`restartContainer ${main}`);
  });

  test('although the reconciler died when their successor had just been started, and Git wants it no more', async () => {
    const sandbox = await serving({ update: startFirst });
    const { engine } = sandbox;
    const start = engine.startContainer.bind(engine);
    let died = false;
    engine.startContainer = async (id) => {
      await start(id);
      if (died) return;
      died = true;
      await new Promise<never>(() => {});
    };
    sandbox.commit(asking({ ...greeting('Good day.'), update: startFirst, image: image('2') }));
    await sandbox.refresh();
    await (await sandbox.reconciler()).pass('all');
    await expect.poll(() => died).toBe(true);
    sandbox.restart();
    sandbox.commit(asking({ ...greeting('Good day.'), update: startFirst }));
    await sandbox.converge();
    expect(sinceWritten(sandbox.takeCalls()).filter((call) => !/^(create|start)/.test(call))).toEqual([
      'write files',
      `removeContainer ${main}_next`,
      `signalContainer ${main}`,
    ]);
  });

  test.each(['start-first', 'stop-first'] as const)(
    'once: a container that is made after them (%s) has read them, and is told nothing',
    async (strategy) => {
      const update = { ...startFirst, strategy };
      const sandbox = await serving({ update });
      sandbox.commit(asking({ ...greeting('Good day.'), update, image: image('2') }));
      await sandbox.converge();
      const calls = sinceWritten(sandbox.takeCalls());
      expect(calls).toContain('createContainer tenant_acme_runtime_next');
      expect(calls.filter((call) => call.startsWith('signalContainer'))).toEqual([]);
    },
  );
});
