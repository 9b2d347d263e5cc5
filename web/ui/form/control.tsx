import type { Json } from './edit-text.ts';
import type { Field } from './model.ts';
import { PairsControl } from './pairs-control.tsx';
import { TextsControl } from './texts-control.tsx';
import { TypedControl } from './typed-control.tsx';

interface ControlProps {
  readonly id: string;
  readonly field: Field;
  readonly invalid: boolean;
  readonly onSet: (value: Json | undefined) => void;
  readonly onRemove: (key: string) => void;
}

/** The control of one kind of field. What is not said shows the default that holds. */
export function Control({ id, field, invalid, onSet, onRemove }: ControlProps) {
  const common = {
    id,
    disabled: !field.editable,
    'aria-invalid': invalid,
    'aria-describedby': invalid ? `${id}-wrong ${id}-hint` : `${id}-hint`,
  } as const;
  const empty = (value: string): void => onSet(value === '' && !field.required ? undefined : value);
  switch (field.kind) {
    case 'text':
      return (
        <TypedControl
          {...common}
          value={field.value}
          placeholder={defaultWords(field.fallback)}
          onText={empty}
        />
      );
    case 'long-text':
      return <TypedControl {...common} long value={field.value} placeholder="" onText={empty} />;
    case 'number':
      return (
        <TypedControl
          {...common}
          inputMode={field.whole ? 'numeric' : 'decimal'}
          value={field.value === null ? '' : String(field.value)}
          placeholder={defaultWords(field.fallback)}
          onText={(text) =>
            onSet(text.trim() === '' ? undefined : Number.isFinite(Number(text)) ? Number(text) : text)
          }
        />
      );
    case 'yes-no':
      return (
        <select
          {...common}
          className="control"
          value={field.value === null ? '' : String(field.value)}
          onChange={({ target }) => onSet(target.value === '' ? undefined : target.value === 'true')}
        >
          {!field.required && <option value="">default: {field.fallback ? 'yes' : 'no'}</option>}
          <option value="true">yes</option>
          <option value="false">no</option>
        </select>
      );
    case 'choice':
      return (
        <select
          {...common}
          className="control max-w-full"
          value={field.value}
          onChange={({ target }) => empty(target.value)}
        >
          {(!field.required || field.value === '') && (
            <option value="">{field.fallback === '' ? 'not said' : `default: ${field.fallback}`}</option>
          )}
          {field.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      );
    case 'texts':
      return <TextsControl name={field.name} value={field.value} disabled={!field.editable} onSet={onSet} />;
    case 'pairs':
      return (
        <PairsControl
          name={field.name}
          value={field.value}
          disabled={!field.editable}
          onSet={onSet}
          onRemove={onRemove}
        />
      );
    case 'other':
    case 'group':
    case 'items':
      return (
        <pre className="max-h-40 overflow-auto rounded-md bg-raised px-2 py-1.5 text-xs whitespace-pre-wrap">
          {field.kind === 'other' && field.shown !== ''
            ? field.shown
            : 'Not said. It is written in the text.'}
        </pre>
      );
  }
}

function defaultWords(fallback: string): string {
  return fallback === '' ? '' : `default: ${fallback}`;
}
