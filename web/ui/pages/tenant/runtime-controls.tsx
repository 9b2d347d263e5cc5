import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import type { TenantDetail } from '../../../api/models/tenant.ts';
import { serverNow } from '../../data/clock.ts';
import { useEdits } from '../../edit/edits.tsx';
import type { EditRequest } from '../../edit/request.ts';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import type { Asked } from '../../words/pairing.ts';
import { PairingDialog } from './pairing-dialog.tsx';

const item =
  'flex h-8 cursor-default items-center gap-2 rounded px-2 text-sm outline-none data-highlighted:bg-raised data-disabled:opacity-50';

/** Start, stop, restart, pair, disconnect: each is a commit, and shows its plan before. */
export function RuntimeControls({ detail }: { readonly detail: TenantDetail }) {
  const edits = useEdits();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [pairing, setPairing] = useState<{ readonly asked: Asked | null } | null>(null);
  const { name, desiredState } = detail.summary;
  const may = (what: string): boolean => detail.may.includes(what);
  const open = (title: string, path: string, extra: Partial<EditRequest> = {}) =>
    edits.open({
      title: `${title} ${name}`,
      method: 'POST',
      path: `/v1/tenants/${encodeURIComponent(name)}/${path}`,
      body: {},
      base: null,
      ...extra,
    });
  const remove = () =>
    open('Remove', '', {
      method: 'DELETE',
      path: `/v1/tenants/${encodeURIComponent(name)}`,
      base: detail.revision,
      danger: true,
      verb: 'Commit removal',
      // What Git has not any more has no page; how far the removal is stays to be seen where the list is.
      onAccepted: () =>
        void navigate({ to: '/tenants' }).then(() => client.removeQueries({ queryKey: ['tenant', name] })),
    });
  // Git does not ask for it any more: there is no file that a button could change.
  if (desiredState === 'removed') return null;
  if (!may('runtime') && !may('tenants.remove')) return null;
  // A code is shown by a runtime that runs.
  const mayPair = may('whatsapp') && detail.whatsapp.enabled && desiredState === 'running';
  return (
    <>
      {may('runtime') &&
        (desiredState === 'stopped' ? (
          <Button icon="play" onClick={() => open('Start', 'runtime/start')}>
            Start
          </Button>
        ) : (
          <Button icon="restart" onClick={() => open('Restart', 'runtime/restart')}>
            Restart
          </Button>
        ))}
      {mayPair && (
        <Button icon="pair" onClick={() => setPairing({ asked: null })}>
          Pair
        </Button>
      )}
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className={buttonClass('plain')} aria-label={`More for ${name}`}>
          <Icon name="more" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="end"
            sideOffset={6}
            collisionPadding={8}
            className="panel z-30 min-w-52 p-1 shadow-lg"
          >
            {may('runtime') && (
              <DropdownMenu.Item
                className={item}
                disabled={desiredState === 'stopped'}
                onSelect={() => open('Stop', 'runtime/stop')}
              >
                <Icon name="stop" size={14} /> Stop
              </DropdownMenu.Item>
            )}
            {mayPair && (
              <DropdownMenu.Item
                className={item}
                onSelect={() => open('Disconnect WhatsApp of', 'whatsapp/disconnect')}
              >
                <Icon name="unlink" size={14} /> Disconnect WhatsApp
              </DropdownMenu.Item>
            )}
            {may('tenants.remove') && (
              <>
                <DropdownMenu.Separator className="my-1 h-px bg-line" />
                <DropdownMenu.Item className={`${item} text-bad`} onSelect={remove}>
                  <Icon name="cross" size={14} /> Remove tenant
                </DropdownMenu.Item>
              </>
            )}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {pairing !== null && (
        <PairingDialog
          detail={detail}
          asked={pairing.asked}
          onClose={() => setPairing(null)}
          // The code is what one waits for: it is shown as soon as the runtime is asked.
          onStart={() =>
            open('Start pairing of', 'whatsapp/pair/start', {
              leads: true,
              onAccepted: () =>
                setPairing({ asked: { at: serverNow(), before: detail.status?.pairing?.token ?? null } }),
            })
          }
        />
      )}
    </>
  );
}
