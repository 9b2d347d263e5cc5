import { Component, type ComponentType, createElement, lazy, type ReactNode, Suspense } from 'react';
import { reload } from '../app/leaving.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

interface PartOptions<P> {
  readonly load: () => Promise<ComponentType<P>>;
  /** What is shown while its code is on its way. */
  readonly waiting: (props: P) => ReactNode;
  /** What stands around that, and around the word that the code did not come. */
  readonly around?: (inside: ReactNode, props: P) => ReactNode;
}

/** The code of a part did not come: the line is cut, or the control node has a newer page by now. */
class PartMissing extends Error {
  constructor(cause: unknown) {
    super('A part of the page could not be loaded.', { cause });
    this.name = 'PartMissing';
  }
}

/**
 * A part whose code comes when it is opened. Where it does not come, that is told in its place: the rest of the page, with
 * what somebody has begun to write, stays.
 */
export function lazyPart<P extends object>(options: PartOptions<P>): ComponentType<P> {
  const { load, waiting, around = (inside) => inside } = options;
  // React keeps what became of an import: another try is another import.
  const begin = (): ComponentType<P> =>
    lazy(async () => ({
      default: await load().catch((cause: unknown) => {
        throw new PartMissing(cause);
      }),
    }));
  let part = begin();
  return function LazyPart(props: P) {
    return (
      <PartBoundary
        onAgain={() => {
          part = begin();
        }}
        around={(inside) => around(inside, props)}
        inside={() => (
          <Suspense fallback={around(waiting(props), props)}>{createElement(part, props)}</Suspense>
        )}
      />
    );
  };
}

interface BoundaryProps {
  readonly onAgain: () => void;
  readonly around: (inside: ReactNode) => ReactNode;
  readonly inside: () => ReactNode;
}

class PartBoundary extends Component<BoundaryProps, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    const { onAgain, around, inside } = this.props;
    if (error === null) return inside();
    // What goes wrong inside the part is not for here.
    if (!(error instanceof PartMissing)) throw error;
    const again = (): void => {
      onAgain();
      this.setState({ error: null });
    };
    return around(<Missing onAgain={again} />);
  }
}

function Missing({ onAgain }: { readonly onAgain: () => void }) {
  return (
    <div role="alert" className="m-3 space-y-2 rounded-md bg-warn-soft px-3 py-2 text-sm">
      <p className="flex items-center gap-2 font-medium">
        <span className="text-warn">
          <Icon name="warn" />
        </span>
        This part of the page could not be loaded
      </p>
      <p className="text-dim">
        The control node may have a newer page by now, or the line is cut. What you have begun to write is
        kept in this tab; load the page again to go on.
      </p>
      <div className="flex gap-2">
        <Button small onClick={onAgain}>
          Try again
        </Button>
        <Button small look="primary" onClick={reload}>
          Load the page again
        </Button>
      </div>
    </div>
  );
}
