import type { TenantDetail } from '../../api/models/tenant.ts';

type Pairing = NonNullable<NonNullable<TenantDetail['status']>['pairing']>;

interface Around {
  readonly hasCode: boolean;
  /** On the server's clock. */
  readonly now: number;
  readonly node: { readonly name: string; readonly linked: boolean };
}

interface PairingWords {
  readonly words: string;
  /** What the button beside it does. */
  readonly next: string;
  /** What to expect or to do; empty where the words are enough. */
  readonly hint: string;
}

/** A runtime that has shown no code within this time will hardly show one. */
export const PATIENCE = 2 * 60_000;

const asks =
  'This asks the runtime for a code, by a commit. The code appears here, to be scanned with the phone.';

/** A code that was asked for here, by a commit. */
export interface Asked {
  readonly at: number;
  /** What the node said was asked for before. */
  readonly before: string | null;
}

/** What is known of pairing: until its node tells of what was asked for here, that is asked. */
export function pairingNow(
  told: Pick<Pairing, 'state' | 'at' | 'token'> | null,
  asked: Asked | null,
): Pick<Pairing, 'state' | 'at'> | null {
  return asked !== null && (told?.token ?? null) === asked.before ? { state: 'asked', at: asked.at } : told;
}

/** Where pairing is. Waiting has an end, and says what it waits for. */
export function pairingWords(pairing: Pick<Pairing, 'state' | 'at'> | null, around: Around): PairingWords {
  const { hasCode, now, node } = around;
  if (hasCode) return { words: 'Scan this code', next: 'New code', hint: '' };
  const away = node.linked
    ? null
    : `The node ${node.name} is away: what is asked reaches it when it is back.`;
  const said = (words: string, next: string): PairingWords => ({ words, next, hint: away ?? asks });
  switch (pairing?.state) {
    case 'connected':
      return said('A phone is connected', 'Pair another phone');
    case 'asked':
    case 'waiting-for-scan':
      if (away !== null) return { words: `Waiting for ${node.name}`, next: 'Ask again', hint: away };
      return now - pairing.at < PATIENCE
        ? { words: 'Waiting for the runtime to show a code', next: 'Ask again', hint: '' }
        : {
            words: 'The runtime has shown no code',
            next: 'Ask again',
            hint: 'It was asked more than two minutes ago. Its log may say why; asking again is another commit.',
          };
    case 'expired':
      return said('The code has ended before it was scanned', 'Show a new code');
    case 'failed':
      return said('Pairing failed', 'Try again');
    case 'disconnected':
    case 'unknown':
    case undefined:
      return said('No phone is connected', 'Start pairing');
  }
}
