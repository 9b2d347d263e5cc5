import type { TenantDetail } from '../../api/models/tenant.ts';

type PairingState = NonNullable<NonNullable<TenantDetail['status']>['pairing']>['state'];

/** Where pairing is, and what the button beside it does. */
export function pairingWords(
  state: PairingState | null,
  hasCode: boolean,
): { readonly words: string; readonly next: string } {
  if (hasCode) return { words: 'Scan this code', next: 'New code' };
  switch (state) {
    case 'connected':
      return { words: 'A phone is connected', next: 'Pair another phone' };
    case 'asked':
    case 'waiting-for-scan':
      return { words: 'Waiting for the runtime to show a code', next: 'Ask again' };
    case 'expired':
      return { words: 'The code has ended before it was scanned', next: 'Show a new code' };
    case 'failed':
      return { words: 'Pairing failed', next: 'Try again' };
    case 'disconnected':
    case 'unknown':
    case null:
      return { words: 'No phone is connected', next: 'Start pairing' };
  }
}
