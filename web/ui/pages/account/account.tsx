import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../../data/queries.ts';
import { sessionsQuery } from '../../data/untold.ts';
import { Copyable } from '../../parts/copy.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Title } from '../../parts/title.tsx';
import { PasswordForm } from './password-form.tsx';
import { SessionRows } from './session-rows.tsx';

/** Who one is here, with which password, and where one is signed in. */
export function AccountPage() {
  const me = useQuery(meQuery);
  const sessions = useQuery(sessionsQuery);
  return (
    <div className="space-y-5">
      <Title>Your account</Title>
      <Loaded query={me} what="your account" lines={2}>
        {({ user, role, tenants }) => (
          <p className="text-sm">
            <span className="font-medium">{user.name}</span> <Copyable text={user.email} label="address" />,{' '}
            {role ?? 'no role yet'}
            {tenants.length > 0 && <span className="text-dim"> of {tenants.join(', ')}</span>}.{' '}
            <span className="text-dim">Roles come from Git, by this address.</span>
          </p>
        )}
      </Loaded>
      <Panel title="Where you are signed in" flush>
        <Loaded query={sessions} what="your sessions" lines={3}>
          {({ items }) => <SessionRows sessions={items} />}
        </Loaded>
      </Panel>
      <Panel title="Password">
        <PasswordForm />
      </Panel>
    </div>
  );
}
