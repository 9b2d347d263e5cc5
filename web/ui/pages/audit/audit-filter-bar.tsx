import { type FormEvent, useId } from 'react';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/choice.tsx';
import type { Filtered } from '../../words/address.ts';
import { type AuditFilter, outcomes } from '../../words/audit-filter.ts';
import { fieldsOf } from '../../words/fields.ts';

interface AuditFilterBarProps {
  readonly filter: AuditFilter;
  /** Actions that there are; people and targets that were seen. */
  readonly actions: readonly string[];
  readonly people: readonly string[];
  readonly targets: readonly string[];
  readonly onChange: (change: Filtered<AuditFilter>) => void;
}

/** Who, what, to whom, how it ended and when. Texts count once they are written to the end: with Enter, or elsewhere. */
export function AuditFilterBar({ filter, actions, people, targets, onChange }: AuditFilterBarProps) {
  const ids = useId();
  const texts = (form: HTMLFormElement | null): void => {
    if (form === null) return;
    const { who, target, from, to } = fieldsOf(form);
    onChange({ who: who?.trim().toLowerCase(), target: target?.trim(), from, to });
  };
  const text = (name: 'who' | 'target', label: string, known: readonly string[]) => (
    <>
      <input
        // An address that changes elsewhere (back, a press on a name) wins over what was typed.
        key={`${name}=${filter[name] ?? ''}`}
        type="search"
        name={name}
        aria-label={label}
        placeholder={label}
        list={`${ids}-${name}`}
        defaultValue={filter[name] ?? ''}
        onBlur={({ target }) => target.value.trim() !== (filter[name] ?? '') && texts(target.form)}
        autoComplete="off"
        spellCheck={false}
        className="control min-w-0 flex-1 basis-44"
        {...(name === 'who' ? { 'data-search': true } : {})}
      />
      <datalist id={`${ids}-${name}`}>
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
  const day = (name: 'from' | 'to', label: string) => (
    <label className="flex items-center gap-1.5 text-xs text-dim">
      {label}
      <input
        key={filter[name] ?? ''}
        type="date"
        name={name}
        defaultValue={filter[name] ?? ''}
        onChange={({ target }) => target.value !== '' && texts(target.form)}
        onBlur={({ target }) => target.value !== (filter[name] ?? '') && texts(target.form)}
        className="control text-ink"
      />
    </label>
  );
  return (
    <form
      role="search"
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        texts(event.currentTarget);
      }}
    >
      {text('who', 'Person (e-mail)', people)}
      {text('target', 'Tenant or node', targets)}
      <Choice
        name="Action"
        value={filter.action}
        options={actions.map((action) => [action, action])}
        onChange={(action) => onChange({ action })}
      />
      <Choice
        name="Outcome"
        value={filter.outcome}
        options={outcomes.map((outcome) => [outcome, outcome])}
        onChange={(outcome) => onChange({ outcome })}
      />
      {day('from', 'From')}
      {day('to', 'to')}
      <button type="submit" className="sr-only" tabIndex={-1}>
        Search
      </button>
      {Object.keys(filter).length > 0 && (
        <Button
          look="quiet"
          onClick={() =>
            onChange({
              who: undefined,
              action: undefined,
              target: undefined,
              outcome: undefined,
              from: undefined,
              to: undefined,
            })
          }
        >
          Clear
        </Button>
      )}
    </form>
  );
}
