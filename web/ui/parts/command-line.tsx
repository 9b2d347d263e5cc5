import { useState } from 'react';
import { announce } from '../app/announcer.tsx';
import { Button } from './button.tsx';

/** A line to take along: it wraps, and one press copies all of it. */
export function CommandLine({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    announce(`Copied the ${label}`);
  };
  return (
    <div className="flex items-center gap-2 rounded-md bg-raised p-2">
      <code className="min-w-0 flex-1 text-xs break-all select-all">{text}</code>
      <Button
        small
        icon={copied ? 'check' : 'copy'}
        onClick={() => void copy().catch(() => announce('The browser did not allow copying'))}
        aria-label={`Copy the ${label}`}
      >
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
