import { normaliseContainer } from '../../reconciler/observe/normalise.ts';
import type { ObservedContainer } from '../../reconciler/plan/observed.ts';
import { ourContainer } from './our-container.ts';

/** A running container of ours as it is observed; `parts` say what is different about it. */
export async function observedContainer(parts: Partial<ObservedContainer> = {}): Promise<ObservedContainer> {
  const { inspect, image } = await ourContainer();
  const observed = normaliseContainer(inspect, image, (secret) => ({ secret, fingerprint: null }));
  return { ...observed, ...parts };
}
