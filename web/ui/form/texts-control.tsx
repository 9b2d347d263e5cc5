import { useState } from 'react';
import { announce } from '../app/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';

interface TextsControlProps {
  readonly name: string;
  readonly value: readonly string[];
  readonly disabled: boolean;
  readonly onSet: (value: readonly string[]) => void;
}

/** A list of texts. */
export function TextsControl({ name, value, disabled, onSet }: TextsControlProps) {
  const [added, setAdded] = useState('');
  const add = (): void => {
    if (added === '') return;
    onSet([...value, added]);
    announce(`Added ${added} to ${name}`);
    setAdded('');
  };
  return (
    <div className="space-y-1.5">
      {value.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {value.map((item, index) => (
            <li
              key={`${index}:${item}`}
              className="inline-flex h-7 max-w-full items-center gap-1 rounded-md bg-raised pr-1 pl-2 font-mono text-xs"
            >
              <span className="truncate">{item}</span>
              {!disabled && (
                <button
                  type="button"
                  aria-label={`Remove ${item}`}
                  className="rounded p-0.5 text-dim hover:text-ink"
                  onClick={() => onSet(value.filter((_, at) => at !== index))}
                >
                  <Icon name="cross" size={12} />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {!disabled && (
        <div className="flex gap-1.5">
          <input
            type="text"
            aria-label={`Add to ${name}`}
            placeholder="Add"
            className="control min-w-0 flex-1"
            value={added}
            onChange={({ target }) => setAdded(target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              add();
            }}
          />
          <Button icon="plus" aria-label={`Add the text to ${name}`} disabled={added === ''} onClick={add} />
        </div>
      )}
    </div>
  );
}
