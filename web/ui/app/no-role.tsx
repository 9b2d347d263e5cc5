import { Copyable } from '../parts/copy.tsx';
import { Empty } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';

/** Somebody who has signed up before anybody gave him anything to see. The socket tries again, and knows when that is. */
export function NoRole({ email }: { readonly email: string }) {
  return (
    <div className="space-y-4">
      <Title>Nothing is given to you yet</Title>
      <div className="panel">
        <Empty title="You are signed in, and have no role">
          Tell a platform administrator your address, <Copyable text={email} label="address" />: he names you
          under <code>spec.access</code> of tenantry.yaml, or as the owner of a tenant. This page goes on by
          itself within half a minute of that.
        </Empty>
      </div>
    </div>
  );
}
