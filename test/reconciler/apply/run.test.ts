import { beforeEach, describe, expect, test } from 'vitest';
import { UnhealthyError } from '../../../reconciler/apply/await-healthy.ts';
import { errorOf, type RunHooks, runTenantPlan } from '../../../reconciler/apply/run.ts';
import { ReconcilerError } from '../../../reconciler/errors.ts';
import type { TenantPlan } from '../../../reconciler/plan/plan.ts';
import { describeStep, type Step } from '../../../reconciler/plan/step.ts';
import type { Docker } from '../../../reconciler/ports.ts';
import { stepContext, type TestContext } from '../../support/step-context.ts';

const at = (name: string) => ({ name, id: name });
const stop = (name: string): Step => ({ action: 'container.stop', container: at(name), timeoutSeconds: 1 });
const start = (name: string): Step => ({ action: 'container.start', container: at(name) });
const remove = (name: string): Step => ({ action: 'container.remove', container: at(name) });
const rename = (name: string, to: string): Step => ({ action: 'container.rename', container: at(name), to });

const planOf = (waves: readonly (readonly Step[])[], rollback: readonly Step[] = []): TenantPlan => ({
  tenant: 'acme',
  revision: 'a'.repeat(40),
  changes: [],
  waves,
  rollback,
  specHash: 'v1:4f2c',
  refusals: [],
  cost: { interruption: 'none', seconds: 0, text: '' },
});

/** Calls in order; `fail` by call makes one throw, `during` runs while one is under way. */
let calls: string[];
let fail: Map<string, unknown>;
let during: Map<string, () => Promise<void> | void>;
let abort: AbortController;
let context: TestContext;
let quarantined: string[];
let hooks: RunHooks;

beforeEach(() => {
  calls = [];
  fail = new Map();
  during = new Map();
  quarantined = [];
  abort = new AbortController();
  const did = async (call: string): Promise<void> => {
    calls.push(call);
    await during.get(call)?.();
    if (fail.has(call)) throw fail.get(call);
    calls.push(`${call} done`);
  };
  const base = stepContext({ signal: abort.signal });
  const overrides: Partial<Docker> = {
    startContainer: (id) => did(`start ${id}`),
    stopContainer: (id) => did(`stop ${id}`),
    removeContainer: (id) => did(`remove ${id}`),
    renameContainer: (id, name) => did(`rename ${id} ${name}`),
  };
  context = Object.assign(base, { docker: Object.assign(base.docker, overrides) });
  hooks = {
    onStep: () => {},
    quarantine: async (specHash, reason) => {
      calls.push('quarantine');
      quarantined.push(`${specHash}: ${reason}`);
    },
  };
});

const run = (plan: TenantPlan) => runTenantPlan(plan, context, hooks);
const begun = (): string[] => calls.filter((call) => !call.endsWith(' done'));
const unhealthy = new UnhealthyError('acme exited with code 1');
const refused = new ReconcilerError('docker/failed', 'the engine said no', { retry: 'backoff' });

describe('the waves of a plan', () => {
  test('run one after the other, their steps side by side, and the sentences tell what was done', async () => {
    const steps = [[remove('a'), remove('b')], [start('c')]];
    const seen: Step[] = [];
    hooks = { ...hooks, onStep: (step) => seen.push(step) };
    const result = await run(planOf(steps));
    expect(calls).toEqual([
      'remove a',
      'remove b',
      'remove a done',
      'remove b done',
      'start c',
      'start c done',
    ]);
    expect(result).toMatchObject({ tenant: 'acme', revision: 'a'.repeat(40), outcome: 'done', error: null });
    expect(seen).toEqual(steps.flat());
    expect(result.steps).toEqual(seen.map(describeStep));
  });

  test('stop at a failure, when the other steps of its wave have ended, and leave things as they are', async () => {
    fail.set('remove a', refused);
    during.set('remove b', () => new Promise((resolve) => setImmediate(resolve)));
    const result = await run(planOf([[remove('a'), remove('b')], [start('c')]], [start('old')]));
    expect(calls).toEqual(['remove a', 'remove b', 'remove b done']);
    expect(result).toMatchObject({
      outcome: 'failed',
      error: { code: 'docker/failed', message: 'the engine said no', retry: 'backoff' },
      steps: [describeStep(remove('b'))],
    });
    expect(quarantined).toEqual([]);
  });
});

describe('a new container that is to blame', () => {
  const plan = planOf([[stop('old')], [start('new')]], [stop('new'), start('old')]);

  test('is quarantined before the old one serves again', async () => {
    fail.set('start new', unhealthy);
    const result = await run(plan);
    expect(begun()).toEqual(['stop old', 'start new', 'quarantine', 'stop new', 'start old']);
    expect(quarantined).toEqual(['v1:4f2c: acme exited with code 1']);
    expect(result).toMatchObject({
      outcome: 'rolled-back',
      error: { code: 'container/unhealthy', message: 'acme exited with code 1', retry: 'never' },
    });
  });

  test('has failed and is not quarantined where there is nothing to return to', async () => {
    fail.set('start new', unhealthy);
    expect(await run(planOf([[start('new')]]))).toMatchObject({ outcome: 'failed' });
    expect(quarantined).toEqual([]);
  });

  test('is told of together with the return that failed, which is worth another try', async () => {
    fail.set('start new', unhealthy).set('start old', refused);
    const result = await run(plan);
    expect(result.outcome).toBe('failed');
    expect(result.error).toEqual({
      code: 'rollback/failed',
      message: 'acme exited with code 1; returning to the old container failed too: the engine said no',
      retry: 'backoff',
    });
  });

  test.each([
    'runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown',
    'runc create failed: unable to start container process: exec: "/bin": permission denied: unknown',
    'runc create failed: unable to start container process: error during container init: exec: "/a": stat /a: no such file or directory',
    'container_linux.go:380: starting container process caused: exec: "/a": no such file or directory: unknown',
    'crun: executable file `nope` not found in $PATH: No such file or directory',
    'unable to find user nobody: no matching entries in passwd file',
    'Cannot mkdir: /bin/node is not a directory',
    'standard_init_linux.go:228: exec user process caused: exec format error',
    'runc create failed: unable to start container process: exec: "/a": exec format error: unknown',
    'crun: exec container process `/a`: Exec format error: OCI runtime error',
  ])('is one that the engine cannot start because of its own making: %s', async (message) => {
    fail.set('start new', new ReconcilerError('docker/invalid', message, { retry: 'never' }));
    expect((await run(plan)).outcome).toBe('rolled-back');
  });

  test.each([
    refused.message,
    'OCI runtime create failed: unable to retrieve OCI runtime error (open /run/log.json: no such file or directory): exec: "runc": executable file not found in $PATH: unknown',
    'failed to start shim: start failed: : fork/exec /usr/bin/containerd-shim-runc-v2: no such file or directory: unknown',
    'failed to start shim: start failed: : fork/exec /usr/bin/containerd-shim-runc-v2: exec format error: unknown',
    'error creating overlay mount to /var/lib/docker/overlay2/abc/merged: no such file or directory',
    'runc create failed: unable to start container process: unable to apply cgroup configuration: mkdir /sys/fs/cgroup/docker: permission denied',
  ])(
    "is not one that the engine's own trouble kept from starting, which is tried again: %s",
    async (message) => {
      fail.set('start new', new ReconcilerError('docker/invalid', message, { retry: 'never' }));
      expect(await run(plan)).toMatchObject({ outcome: 'failed', error: { message, retry: 'backoff' } });
      expect(quarantined).toEqual([]);
    },
  );
});

describe('a shutdown', () => {
  const shutDown = (): void => abort.abort(new Error('shutting down'));

  test('ends a plan before its next wave', async () => {
    during.set('remove a', shutDown);
    expect(await run(planOf([[remove('a')], [start('b')]]))).toMatchObject({ outcome: 'interrupted' });
    expect(calls).toEqual(['remove a', 'remove a done']);
  });

  test('waits between a stop and its start: the tenant is not left down', async () => {
    during.set('stop old', shutDown);
    const plan = planOf([[stop('old')], [rename('old', 'kept')], [start('new')], [remove('kept')]]);
    expect(await run(plan)).toMatchObject({ outcome: 'interrupted' });
    expect(begun()).toEqual(['stop old', 'rename old kept', 'start new']);
  });

  test('returns to the old container when the new one cannot be started: nobody would come back to it', async () => {
    during.set('stop old', shutDown);
    fail.set('start new', refused);
    const plan = { ...planOf([[stop('old')], [start('new')]]), rollback: [remove('new'), start('old')] };
    expect(await run(plan)).toMatchObject({ outcome: 'interrupted', error: { code: 'docker/failed' } });
    expect(begun()).toEqual(['stop old', 'start new', 'remove new', 'start old']);
    expect(quarantined).toEqual([]);
  });

  test('tells when neither the new nor the old container can be started', async () => {
    during.set('stop old', shutDown);
    fail.set('start new', refused);
    fail.set('start old', refused);
    const plan = { ...planOf([[stop('old')], [start('new')]]), rollback: [start('old')] };
    expect(await run(plan)).toMatchObject({ outcome: 'failed', error: { code: 'rollback/failed' } });
  });

  test('does not wait after a stop that no start follows', async () => {
    during.set('stop old', shutDown);
    expect(await run(planOf([[stop('old')], [remove('old')]]))).toMatchObject({ outcome: 'interrupted' });
    expect(begun()).toEqual(['stop old']);
  });

  test('before the first wave begins nothing', async () => {
    shutDown();
    expect(await run(planOf([[start('a')]]))).toMatchObject({ outcome: 'interrupted', steps: [] });
    expect(calls).toEqual([]);
  });
});

test('an error that nobody foresaw is worth another try', () => {
  expect(errorOf(new TypeError('x is undefined'))).toEqual({
    code: 'internal',
    message: 'x is undefined',
    retry: 'backoff',
  });
  expect(errorOf('text')).toEqual({ code: 'internal', message: 'text', retry: 'backoff' });
});
