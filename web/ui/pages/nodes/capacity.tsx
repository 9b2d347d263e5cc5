import type { NodeView } from '../../../api/models/platform.ts';
import { sharesOf } from '../../words/capacity.ts';

/** Says that no tenant can be added; a word and a form, not only a colour. */
export function FullMark() {
  return (
    <span
      className="rounded-sm border border-current px-1 text-xs font-medium text-warn"
      title="A limit of its file is reached: a tenant that is added here is refused."
    >
      Full
    </span>
  );
}

/** How much of a node is taken by what Git asks for. */
export function Capacity({ capacity }: { readonly capacity: NodeView['capacity'] }) {
  const shares = sharesOf(capacity);
  const limited = shares.some(({ part }) => part !== null);
  return (
    <div className="mb-3 space-y-1.5 text-sm">
      {shares.map(({ name, words, part }) => (
        <div key={name} className="flex items-center gap-3">
          <span className="w-24 shrink-0 text-dim">{name}</span>
          <span className="min-w-0 flex-1 tabular-nums">{words}</span>
          {part !== null && (
            <span className="h-1.5 w-24 shrink-0 overflow-hidden rounded-full bg-raised" aria-hidden="true">
              <span
                className={`block h-full ${part >= 1 ? 'bg-warn' : 'bg-accent'}`}
                style={{ width: `${Math.min(100, part * 100)}%` }}
              />
            </span>
          )}
        </div>
      ))}
      {!limited && (
        <p className="text-xs text-dim">
          Its file names no limits; <code>spec.capacity</code> keeps more from being placed here than it
          bears.
        </p>
      )}
    </div>
  );
}
