import { useId } from 'react';
import { Prose } from '../parts/prose.tsx';
import type { CheckedProblem } from './check.ts';
import { Control } from './control.tsx';
import type { Field, SetField } from './model.ts';

/** One field: its name, its control, what it means, and what is wrong with it. */
export function FieldRow({
  field,
  problems,
  onSet,
}: {
  readonly field: Field;
  readonly problems: readonly CheckedProblem[];
  readonly onSet: SetField;
}) {
  const id = useId();
  const wrong = problems.filter(
    ({ pointer }) => pointer === field.pointer || pointer.startsWith(`${field.pointer}/`),
  );
  const labelled = field.kind === 'texts' || field.kind === 'pairs' || field.kind === 'other';
  const resettable = field.said && !field.required && field.editable;
  return (
    <div className="grid gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <div className="flex items-start justify-between gap-2 pt-1.5 sm:flex-col sm:justify-start sm:gap-0.5">
        {labelled ? (
          <span id={`${id}-label`} className="font-mono text-sm">
            {field.name}
          </span>
        ) : (
          <label id={`${id}-label`} htmlFor={id} className="font-mono text-sm">
            {field.name}
          </label>
        )}
        {resettable && (
          <button
            type="button"
            aria-label={`leave out ${field.name}`}
            title="Takes it out of the file; the default holds"
            onClick={() => onSet(field.pointer, undefined)}
            className="rounded-sm text-xs text-dim hover:text-ink hover:underline"
          >
            leave out
          </button>
        )}
      </div>
      <div className="min-w-0">
        <div
          role={labelled ? 'group' : undefined}
          aria-labelledby={labelled ? `${id}-label` : undefined}
          aria-describedby={labelled && wrong.length > 0 ? `${id}-wrong` : undefined}
        >
          <Control
            id={id}
            field={field}
            invalid={wrong.length > 0}
            onSet={(value) => onSet(field.pointer, value)}
            onRemove={(key) => onSet(`${field.pointer}/${key}`, undefined)}
          />
        </div>
        {wrong.length > 0 && (
          <div id={`${id}-wrong`}>
            {wrong.map(({ message, line }) => (
              <p key={`${line}:${message}`} className="mt-1 text-xs text-bad">
                <Prose text={message} />
              </p>
            ))}
          </div>
        )}
        <p id={`${id}-hint`} className="mt-1 text-xs text-dim">
          <Prose text={field.description} />
        </p>
      </div>
    </div>
  );
}
