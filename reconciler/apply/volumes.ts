import type { VolumeInspect } from '../engine-api.ts';
import { ReconcilerError } from '../errors.ts';
import { normaliseVolume } from '../observe/normalise.ts';
import { volumeMismatch } from '../plan/conflicts.ts';
import type { StepArgs } from '../plan/step.ts';
import type { StepContext } from './context.ts';
import { volumeBody } from './create-body.ts';

/** Creating a volume that exists succeeds silently: what came back may be a stranger's, or point at a host path. */
export async function createVolume(
  { tenant, name }: StepArgs['volume.create'],
  { docker, owner }: StepContext,
): Promise<void> {
  refuse(await docker.createVolume(volumeBody(tenant, name, owner)), { tenant, owner });
}

/**
 * Looks again at the volumes of a container that was just created: another hand may have put others in their place
 * since the node was observed. From now on nobody can, because the container holds them; nothing is mounted before it
 * is started.
 *
 * @throws ReconcilerError `volume/mismatch`; the container is removed then
 */
export async function checkVolumes(
  id: string,
  spec: StepArgs['container.create']['spec'],
  context: StepContext,
): Promise<void> {
  const { docker } = context;
  const mounts = Object.values(spec.mounts).filter(({ type }) => type === 'volume');
  if (mounts.length === 0) return;
  // One by one: a list has the volumes of all tenants, and a rollout makes as many containers as there are tenants.
  const volumes = await Promise.all(mounts.map(({ source }) => docker.inspectVolume(source)));
  try {
    for (const volume of volumes) if (volume !== null) refuse(volume, context);
  } catch (error) {
    await docker.removeContainer(id, { force: false });
    throw error;
  }
}

function refuse(volume: VolumeInspect, { tenant, owner }: Pick<StepContext, 'tenant' | 'owner'>): void {
  const why = volumeMismatch(normaliseVolume(volume, owner), tenant);
  if (why === null) return;
  const message = `volume ${volume.Name} exists and ${why}; it is left alone and not mounted`;
  throw new ReconcilerError('volume/mismatch', message, { retry: 'never' });
}
