import { Link, useRouter } from '@tanstack/react-router';
import { Problem } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';

/** Something that the page could not go on with. */
export function Crashed({ error }: { readonly error: unknown }) {
  const router = useRouter();
  return (
    <div className="mx-auto max-w-2xl p-6">
      <Problem error={error} where="This page cannot be shown" retry={() => void router.invalidate()} />
    </div>
  );
}

export function NotFound() {
  return (
    <main className="mx-auto max-w-2xl space-y-3 p-6">
      <Title>There is nothing at this address</Title>
      <p className="text-dim">It may have been removed, or the link is cut off.</p>
      <Link to="/" className="text-accent hover:underline">
        Go to the overview
      </Link>
    </main>
  );
}
