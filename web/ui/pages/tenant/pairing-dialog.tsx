import { useEffect } from 'react';
import type { TenantDetail } from '../../../api/models/tenant.ts';
import { announce } from '../../app/announcer.tsx';
import { useNow } from '../../data/clock.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { lazyPart } from '../../parts/lazy-part.tsx';
import type { QrCodeProps } from '../../parts/qr-code.tsx';
import { Ago } from '../../parts/time.tsx';
import { type Asked, pairingNow, pairingWords } from '../../words/pairing.ts';

const QrCode = lazyPart<QrCodeProps>({
  load: async () => (await import('../../parts/qr-code.tsx')).QrCode,
  waiting: () => <div className="mx-auto size-64 rounded-md bg-raised" />,
});

interface PairingDialogProps {
  readonly detail: TenantDetail;
  /** What was asked for here; null when it is opened to look. */
  readonly asked: Asked | null;
  readonly onClose: () => void;
  readonly onStart: () => void;
}

/** The code to scan, as the runtime shows it now; a newer one takes its place by itself. */
export function PairingDialog({ detail, asked, onClose, onStart }: PairingDialogProps) {
  const now = useNow();
  const { qr } = detail.whatsapp;
  const code = qr !== null && qr.expiresAt > now ? qr : null;
  const pairing = detail.status?.pairing ?? null;
  const { words, next, hint } = pairingWords(pairingNow(pairing, asked), {
    hasCode: code !== null,
    now,
    node: nodeOf(detail),
  });
  useEffect(() => announce(words), [words]);
  return (
    <Dialog
      title={`Pair WhatsApp with ${detail.summary.name}`}
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Close
          </Button>
          <Button
            look={code === null ? 'primary' : 'plain'}
            icon="pair"
            onClick={() => {
              onClose();
              onStart();
            }}
          >
            {next}
          </Button>
        </>
      }
    >
      <div className="space-y-3 text-center">
        {code !== null && <QrCode text={code.code} label={`QR code to pair ${detail.summary.name}`} />}
        <p className="font-medium">{words}</p>
        {code !== null && (
          <p className="text-sm text-dim">
            On the phone: WhatsApp, Linked devices, Link a device. This code ends <Ago at={code.expiresAt} />;
            the next one appears here.
          </p>
        )}
        {hint !== '' && <p className="text-sm text-dim">{hint}</p>}
        {pairing !== null && pairing.detail !== '' && <p className="text-sm text-dim">{pairing.detail}</p>}
      </div>
    </Dialog>
  );
}

function nodeOf({ summary }: TenantDetail): { readonly name: string; readonly linked: boolean } {
  return { name: summary.node, linked: summary.linked };
}
