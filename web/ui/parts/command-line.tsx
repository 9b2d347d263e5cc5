import { Button } from './button.tsx';
import { CopyNote, useCopy } from './copy.tsx';

/** A line to take along: it wraps, and one press copies all of it. */
export function CommandLine({ text, label }: { readonly text: string; readonly label: string }) {
  const { said, copy } = useCopy(text, `the ${label}`);
  return (
    <div className="flex items-center gap-2 rounded-md bg-raised p-2">
      <code className="min-w-0 flex-1 text-xs break-all select-all">{text}</code>
      <span className="shrink-0">
        <Button small icon="copy" onClick={copy} aria-label={`Copy the ${label}`}>
          Copy
        </Button>
        <CopyNote said={said} />
      </span>
    </div>
  );
}
