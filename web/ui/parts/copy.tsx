import { useState } from 'react';
import { announce } from '../app/announcer.tsx';

/** An identifier: monospace, copied on click. `shown` may be shorter than what is copied. */
export function Copyable({
  text,
  shown = text,
  label,
}: {
  readonly text: string;
  readonly shown?: string;
  readonly label: string;
}) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    announce(`Copied ${label}`);
    setTimeout(() => setCopied(false), 1_200);
  };
  return (
    <button
      type="button"
      onClick={() => void copy().catch(() => announce('The browser did not allow copying'))}
      title={`Copy ${label}: ${text}`}
      className="inline-block max-w-full cursor-copy truncate rounded-sm align-bottom font-mono text-[0.92em] hover:bg-raised"
    >
      {copied ? 'copied' : shown}
    </button>
  );
}
