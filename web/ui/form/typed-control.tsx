import { type InputHTMLAttributes, useState } from 'react';

interface TypedControlProps
  extends Pick<
    InputHTMLAttributes<HTMLElement>,
    'id' | 'disabled' | 'placeholder' | 'inputMode' | 'aria-invalid' | 'aria-describedby' | 'aria-label'
  > {
  readonly value: string;
  readonly long?: boolean;
  readonly onText: (text: string) => void;
}

/** A text as it is typed: what stands in the document may differ in form (`0.50`), and must not jump below the cursor. */
export function TypedControl({ value, long = false, onText, ...rest }: TypedControlProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? value;
  const common = {
    ...rest,
    value: shown,
    spellCheck: long,
    onBlur: () => setTyped(null),
    onChange: ({ target }: { readonly target: { readonly value: string } }) => {
      setTyped(target.value);
      onText(target.value);
    },
  };
  return long ? (
    <textarea
      {...common}
      rows={Math.min(18, Math.max(3, shown.split('\n').length + 1))}
      className="control h-auto w-full resize-y py-1.5 leading-relaxed"
    />
  ) : (
    <input type="text" autoComplete="off" {...common} className="control w-full aria-invalid:border-bad" />
  );
}
