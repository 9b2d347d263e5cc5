import { mountPaths } from '../../renderers/files.ts';
import { containerName } from '../../renderers/names.ts';
import { ReconcilerError } from '../errors.ts';
import type { Action, Step, StepArgs } from '../plan/step.ts';
import { awaitHealthy } from './await-healthy.ts';
import { askBridge } from './bridge-token.ts';
import { idOf, type StepContext } from './context.ts';
import { createBody, networkBody, updateBody } from './create-body.ts';
import { startContainer } from './start-container.ts';
import { checkVolumes, createVolume } from './volumes.ts';

/** One function a verb; the type holds the table complete. */
const executors: { readonly [A in Action]: (step: StepArgs[A], context: StepContext) => Promise<void> } = {
  'network.create': async ({ network }, { docker, owner }) => {
    await docker.createNetwork(networkBody(network, owner));
  },
  'network.remove': ({ id }, { docker }) => docker.removeNetwork(id),
  'image.pull': ({ ref }, { docker, onPull, signal, aside }) =>
    aside(() => docker.pullImage(ref, onPull, signal), false),
  'volume.create': createVolume,
  'files.write': async ({ tenant }, { files, managedFiles, record }) => {
    // Written down first, whatever the plan: a crash before the signal, a container that was believed missing, and one
    // that serves on because its successor is bad must not leave a runtime with the old files.
    await files.write(tenant, managedFiles, record.filesPending);
  },
  'secrets.write': async ({ tenant, names }, { files, secrets, record }) => {
    const values = new Map(names.map((name) => [name, secretValue(name, secrets)]));
    await files.writeSecrets(tenant, values, record.filesPending);
  },
  'files.remove': ({ tenant }, { files }) => files.remove(tenant),
  'container.create': createContainer,
  'container.start': startContainer,
  'container.stop': ({ container, timeoutSeconds }, context) =>
    context.docker.stopContainer(idOf(container, context), timeoutSeconds),
  'container.restart': async ({ container, timeoutSeconds }, context) => {
    await context.docker.restartContainer(idOf(container, context), timeoutSeconds);
    await context.record.filesRead('start');
  },
  'container.unpause': ({ container }, context) => context.docker.unpauseContainer(idOf(container, context)),
  'container.rename': async ({ container, to }, context) => {
    const id = idOf(container, context);
    await context.docker.renameContainer(id, to);
    const isNew = context.created.delete(container.name);
    context.created.set(to, id);
    // Made in this run, after the files: it takes over having read them, or reads them when it is started.
    if (isNew && to === containerName.runtime(context.tenant)) await context.record.filesRead('start');
  },
  'container.remove': ({ container }, context) =>
    context.docker.removeContainer(idOf(container, context), { force: true }),
  'container.update': ({ container, set }, context) =>
    context.docker.updateContainer(idOf(container, context), updateBody(set)),
  'network.connect': ({ container, network }, context) =>
    context.docker.connectNetwork(network, idOf(container, context)),
  'network.disconnect': ({ container, network }, context) =>
    context.docker.disconnectNetwork(network, idOf(container, context)),
  'container.reload': async ({ container, signal }, context) => {
    await context.docker.signalContainer(idOf(container, context), signal);
    // It reads what it has mounted: a folder that had to be made although the plan saw one is not that.
    await context.record.filesRead('reload');
  },
  'container.await-healthy': awaitHealthy,
  'bridge.pair': (step, context) => askBridge('pairing', step, context),
  'bridge.disconnect': (step, context) => askBridge('disconnect', step, context),
};

/** Does one step. @throws ReconcilerError; `UnhealthyError` when the new container is to blame */
export function executeStep(step: Step, context: StepContext): Promise<void> {
  return execute(step.action, step, context);
}

function execute<A extends Action>(action: A, step: StepArgs[A], context: StepContext): Promise<void> {
  return executors[action](step, context);
}

async function createContainer(step: StepArgs['container.create'], context: StepContext): Promise<void> {
  await ensureFolders(step, context);
  const values = new Map(
    [...context.secrets].map(([name, value]) => [name, Buffer.from(value).toString('utf8')]),
  );
  const body = createBody(step.spec, step.specHash, context.revision, values);
  const { id } = await context.docker.createContainer(step.name, body);
  await checkVolumes(id, step.spec, context);
  context.created.set(step.name, id);
}

/** A bind mount needs its folder: another hand may have removed it since the node was observed. */
async function ensureFolders({ spec }: StepArgs['container.create'], context: StepContext): Promise<void> {
  const { files, tenant, record } = context;
  if ((await files.digests(tenant)) === null)
    await files.write(tenant, context.managedFiles, record.filesPending);
  if (spec.mounts[mountPaths.secrets] !== undefined && (await files.readSecrets(tenant)) === null) {
    throw new ReconcilerError('secret/no-folder', `the secrets of ${tenant} are not in place`, {
      retry: 'backoff',
    });
  }
}

function secretValue(name: string, secrets: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const value = secrets.get(name);
  if (value === undefined) {
    throw new ReconcilerError('secret/missing', `the value of secret ${name} is not at hand`, {
      retry: 'backoff',
    });
  }
  return value;
}
