import { lazy, Suspense, useEffect } from 'react';
import type { TenantDetail } from '../../../api/models/tenant.ts';
import { announce } from '../../app/announcer.tsx';
import { useNow } from '../../data/clock.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Ago } from '../../parts/time.tsx';
import { pairingWords } from '../../words/pairing.ts';

const QrCode = lazy(async () => ({ default: (await import('../../parts/qr-code.tsx')).QrCode }));

interface PairingDialogProps {
  readonly detail: TenantDetail;
  readonly onClose: () => void;
  readonly onStart: () => void;
}

/** The code to scan, as the runtime shows it now; a newer one takes its place by itself. */
export function PairingDialog({ detail, onClose, onStart }: PairingDialogProps) {
  const now = useNow();
  const { qr } = detail.whatsapp;
  const code = qr !== null && qr.expiresAt > now ? qr : null;
  const pairing = detail.status?.pairing ?? null;
  const { words, next } = pairingWords(pairing?.state ?? null, code !== null);
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
        {code !== null && (
          <Suspense fallback={<div className="mx-auto size-64 rounded-md bg-raised" />}>
            <QrCode text={code.code} label={`QR code to pair ${detail.summary.name}`} />
          </Suspense>
        )}
        <p className="font-medium">{words}</p>
        {code !== null && (
          <p className="text-sm text-dim">
            On the phone: WhatsApp, Linked devices, Link a device. This code ends <Ago at={code.expiresAt} />;
            the next one appears here.
          </p>
        )}
        {code === null && next !== 'Ask again' && (
          <p className="text-sm text-dim">
            This asks the runtime for a code, by a commit. The code appears here, to be scanned with the
            phone.
          </p>
        )}
        {pairing !== null && pairing.detail !== '' && <p className="text-sm text-dim">{pairing.detail}</p>}
      </div>
    </Dialog>
  );
}
