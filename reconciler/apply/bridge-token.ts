import { ReconcilerError } from '../errors.ts';
import type { TokenOutcome } from '../plan/memory.ts';
import type { StepArgs } from '../plan/step.ts';
import type { BridgeStatus } from '../ports.ts';
import { addressOf } from './await-healthy.ts';
import { idOf, type StepContext } from './context.ts';

/**
 * Asks a runtime to pair or to disconnect, once a token:
 * 1. the runtime's own record is read first, so that a node that lost its memory does not ask again, and one that died
 *    before it heard an answer only does so where the runtime has not been asked;
 * 2. "asked" is written down and synced before the request leaves, so that no later pass asks beside this one;
 * 3. a request that failed is not repeated: the outcome says so and a new token tries again.
 *
 * @throws ReconcilerError when the runtime could not be reached before anything was asked
 */
export async function askBridge(
  kind: 'pairing' | 'disconnect',
  step: StepArgs['bridge.pair'],
  context: StepContext,
): Promise<void> {
  const { bridge, clock, docker, record } = context;
  const inspect = await docker.inspectContainer(idOf(step.container, context));
  const address = addressOf(inspect);
  if (address === null) {
    throw new ReconcilerError(
      'bridge/unreachable',
      `${step.container.name} has no address to reach its bridge at`,
      {
        retry: 'backoff',
      },
    );
  }
  const target = { address, port: step.port };
  const status = await bridge.status(target);
  const outcome = (state: TokenOutcome['state'], detail: string): Promise<void> =>
    record.token(kind, { token: step.token, state, at: clock.now(), detail });
  const last = kind === 'pairing' ? status.lastPairing : status.lastDisconnect;
  if (last === step.token)
    return outcome(stateFrom(kind, status), 'the runtime had been asked with this token before');

  await outcome('asked', '');
  try {
    await (kind === 'pairing' ? bridge.pair(target, step.token) : bridge.disconnect(target, step.token));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return outcome('failed', `${reason}; commit a new token to try again`);
  }
  return outcome(kind === 'pairing' ? 'waiting-for-scan' : 'asked', '');
}

/** The runtime's words for what came of a pairing (BRIDGE.md), in ours. */
const pairingOutcomes: ReadonlyMap<string | null, TokenOutcome['state']> = new Map([
  ['pending', 'waiting-for-scan'],
  ['connected', 'connected'],
  ['expired', 'expired'],
  ['superseded', 'failed'],
  ['cancelled', 'failed'],
  ['interrupted', 'failed'],
]);

/** What the runtime's record says of a token that it knows; its present state, where it keeps no outcome. */
export function stateFrom(kind: 'pairing' | 'disconnect', status: BridgeStatus): TokenOutcome['state'] {
  if (kind === 'disconnect') return status.state === 'disconnected' ? 'disconnected' : 'asked';
  const outcome = pairingOutcomes.get(status.pairingOutcome);
  if (outcome !== undefined) return outcome;
  if (status.state === 'connected') return 'connected';
  return status.state === 'pairing' ? 'waiting-for-scan' : 'expired';
}
