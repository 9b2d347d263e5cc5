import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { CommandLine } from './command-line.tsx';
import { Dialog } from './dialog.tsx';

/** What is good as a key: it is here now, to be taken along, and nowhere afterwards. */
export function ShownOnce({
  title,
  lines,
  children,
  onClose,
}: {
  readonly title: string;
  readonly lines: readonly { readonly text: string; readonly label: string; readonly before?: string }[];
  readonly children: ReactNode;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="space-y-3 text-sm">
        <p>{children}</p>
        {lines.map(({ text, label, before }) => (
          <div key={label} className="space-y-1">
            {before !== undefined && <p>{before}</p>}
            <CommandLine text={text} label={label} />
          </div>
        ))}
      </div>
    </Dialog>
  );
}
