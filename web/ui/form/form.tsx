import { Prose } from '../parts/prose.tsx';
import type { CheckedProblem } from './check.ts';
import { FieldRow } from './field-row.tsx';
import type { Field, SetField } from './model.ts';

interface FormProps {
  readonly fields: readonly Field[];
  readonly problems: readonly CheckedProblem[];
  readonly onSet: SetField;
}

/** A form for a document, made from its schema. Groups fold; those that the document says something in are open. */
export function Form({ fields, problems, onSet }: FormProps) {
  return (
    <div className="divide-y divide-line">
      {fields.map((field) =>
        field.kind === 'group' && field.name === 'spec' ? (
          <Form key={field.pointer} fields={field.fields} problems={problems} onSet={onSet} />
        ) : field.kind === 'group' || field.kind === 'items' ? (
          <Group key={field.pointer} field={field} problems={problems} onSet={onSet} />
        ) : (
          <FieldRow key={field.pointer} field={field} problems={problems} onSet={onSet} />
        ),
      )}
    </div>
  );
}

function Group({
  field,
  problems,
  onSet,
}: {
  readonly field: Extract<Field, { kind: 'group' | 'items' }>;
  readonly problems: readonly CheckedProblem[];
  readonly onSet: SetField;
}) {
  const wrong = problems.some(({ pointer }) => pointer.startsWith(`${field.pointer}/`));
  const name = /^\d+$/.test(field.name) ? `${Number(field.name) + 1}` : field.name;
  return (
    <details open={field.said || wrong} className="group/fold">
      <summary className="flex min-h-9 items-baseline gap-2 px-4 py-2 hover:bg-raised">
        <span className="font-mono text-sm font-medium">{name}</span>
        <span className="min-w-0 flex-1 truncate text-xs text-dim">
          <Prose text={field.description} />
        </span>
        {wrong && <span className="text-xs text-bad">has a problem</span>}
      </summary>
      <div className="ml-4 border-l border-line">
        {field.fields.length === 0 && (
          <p className="px-4 py-2 text-xs text-dim">None. Add one in the text.</p>
        )}
        <Form fields={field.fields} problems={problems} onSet={onSet} />
      </div>
    </details>
  );
}
