import { useId } from 'react';
import { Prose } from './prose.tsx';

/** One of several by its name, with the field's name above and its explanation below. */
export function SelectField({
  label,
  name,
  options,
  defaultValue,
  hint,
  none,
}: {
  readonly label: string;
  readonly name: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly defaultValue?: string | undefined;
  readonly hint?: string;
  /** What it means to choose nothing; absent where one has to choose. */
  readonly none?: string;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <select
        // What is chosen by itself waits for what there is to choose from.
        key={options.length}
        id={id}
        name={name}
        required={none === undefined}
        defaultValue={defaultValue}
        className="control w-full"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      >
        {none !== undefined && <option value="">{none}</option>}
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-dim">
          <Prose text={hint} />
        </p>
      )}
    </div>
  );
}
