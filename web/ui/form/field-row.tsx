import { useId } from 'react';
import { Button } from '../parts/button.tsx';
import type { CheckedProblem } from './check.ts';
import { Control } from './control.tsx';
import type { SetField } from './form.tsx';
import type { Field } from './model.ts';

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
      <div className="flex items-start justify-between gap-2 pt-1.5">
        {labelled ? (
          <span id={`${id}-label`} className="font-mono text-sm">
            {field.name}
          </span>
        ) : (
          <label id={`${id}-label`} htmlFor={id} className="font-mono text-sm">
            {field.name}
          </label>
        )}
      </div>
      <div className="min-w-0">
        <div className="flex items-start gap-1">
          <div
            className="min-w-0 flex-1"
            role={labelled ? 'group' : undefined}
            aria-labelledby={labelled ? `${id}-label` : undefined}
          >
            <Control
              id={id}
              field={field}
              invalid={wrong.length > 0}
              onSet={(value) => onSet(field.pointer, value)}
              onRemove={(key) => onSet(`${field.pointer}/${key}`, undefined)}
            />
          </div>
          {resettable && (
            <Button
              look="quiet"
              small
              icon="cross"
              className="mt-0.5"
              aria-label={`Leave ${field.name} out`}
              title="Leave it out; the default holds"
              onClick={() => onSet(field.pointer, undefined)}
            />
          )}
        </div>
        {wrong.map(({ message, line }) => (
          <p key={`${line}:${message}`} className="mt-1 text-xs text-bad">
            {message}
          </p>
        ))}
        <p id={`${id}-hint`} className="mt-1 text-xs text-dim">
          {field.description}
          {!field.editable && ' Your role may read it, not change it.'}
        </p>
      </div>
    </div>
  );
}
