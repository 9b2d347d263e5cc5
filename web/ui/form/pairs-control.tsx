import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import type { Json } from './edit-text.ts';
import { TypedControl } from './typed-control.tsx';

interface PairsControlProps {
  readonly name: string;
  readonly value: readonly (readonly [string, string])[];
  readonly disabled: boolean;
  readonly onSet: (value: Json) => void;
  /** Takes one key out of the document; the key is escaped as in a JSON pointer. */
  readonly onRemove: (key: string) => void;
}

/** A map of texts: names on the left, values on the right. */
export function PairsControl({ name, value, disabled, onSet, onRemove }: PairsControlProps) {
  const [key, setKey] = useState('');
  const [text, setText] = useState('');
  const taken = value.some(([known]) => known === key);
  const all = (pairs: readonly (readonly [string, string])[]): Json => Object.fromEntries(pairs);
  const add = (): void => {
    if (key === '' || taken) return;
    onSet(all([...value, [key, text]]));
    setKey('');
    setText('');
  };
  return (
    <div className="space-y-1.5">
      {value.map(([known, said]) => (
        <div key={known} className="flex items-start gap-1.5">
          <code className="w-2/5 shrink-0 truncate pt-1.5 text-xs" title={known}>
            {known}
          </code>
          <div className="min-w-0 flex-1">
            <TypedControl
              value={said}
              disabled={disabled}
              aria-label={`${name} ${known}`}
              onText={(next) => onSet(all(value.map(([one, old]) => [one, one === known ? next : old])))}
            />
          </div>
          {!disabled && (
            <Button
              look="quiet"
              icon="cross"
              aria-label={`Remove ${known}`}
              onClick={() => onRemove(known.replaceAll('~', '~0').replaceAll('/', '~1'))}
            />
          )}
        </div>
      ))}
      {!disabled && (
        <div className="flex gap-1.5">
          <input
            type="text"
            aria-label={`New name in ${name}`}
            placeholder="name"
            className="control w-2/5 shrink-0"
            value={key}
            onChange={({ target }) => setKey(target.value)}
            aria-invalid={taken}
          />
          <input
            type="text"
            aria-label={`New value in ${name}`}
            placeholder="value"
            className="control min-w-0 flex-1"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
          <Button icon="plus" aria-label={`Add to ${name}`} disabled={key === '' || taken} onClick={add} />
        </div>
      )}
    </div>
  );
}
