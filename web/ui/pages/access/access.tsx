import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccessList } from '../../../api/models/platform.ts';
import { useMay } from '../../data/may.ts';
import { accessQuery } from '../../data/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Title } from '../../parts/title.tsx';
import { InvitationRows } from './invitation-rows.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { RoleDialog } from './role-dialog.tsx';

/** Who may do what, and from where that comes. */
export function AccessPage() {
  const query = useQuery(accessQuery);
  const may = useMay();
  const [open, setOpen] = useState<'invite' | 'role' | null>(null);
  return (
    <div className="space-y-5">
      <Title
        aside={
          <>
            {may('access.roles') && <Button onClick={() => setOpen('role')}>Give a role</Button>}
            {may('access.invite') && (
              <Button look="primary" icon="plus" onClick={() => setOpen('invite')}>
                Invite
              </Button>
            )}
          </>
        }
      >
        Access
      </Title>
      <p className="max-w-prose text-sm text-dim">
        Roles come from Git: <code>spec.access</code> of tenantry.yaml names people by e-mail, and a tenant's
        owner may edit that tenant. An invitation only lets somebody make an account.
      </p>
      <Loaded query={query} what="the access list" lines={6}>
        {(list) => (
          <>
            <Panel title="People" flush>
              <People people={list.people} />
            </Panel>
            <Panel title="Invitations" flush>
              <InvitationRows invitations={list.invitations} />
            </Panel>
          </>
        )}
      </Loaded>
      {open === 'invite' && <InviteDialog onClose={() => setOpen(null)} />}
      {open === 'role' && <RoleDialog onClose={() => setOpen(null)} />}
    </div>
  );
}

function People({ people }: { readonly people: AccessList['people'] }) {
  if (people.length === 0)
    return <Empty title="Nobody has access yet">Give somebody a role, then invite him.</Empty>;
  return (
    <ul className="divide-y divide-line">
      {people.map(({ email, name, role, tenants, source, signedUp, lastSeen }) => (
        <li
          key={`${email}/${role}`}
          className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2 text-sm"
        >
          <span className="min-w-0 flex-1 basis-56">
            <span className="font-medium">{name ?? email}</span>{' '}
            {name !== null && <span className="text-dim">{email}</span>}
          </span>
          <span className="w-32 shrink-0">{role}</span>
          <span className="min-w-0 flex-1 basis-40 text-xs text-dim max-sm:basis-full">
            {tenants.length > 0 && `${tenants.join(', ')} · `}
            <code>{source}</code>
          </span>
          <span className="shrink-0 text-xs text-dim sm:w-28 sm:text-right">
            {signedUp ? (
              lastSeen === null ? (
                'not seen yet'
              ) : (
                <>
                  seen <Ago at={lastSeen} />
                </>
              )
            ) : (
              'no account yet'
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
