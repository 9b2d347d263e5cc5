import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
  readonly wide?: boolean;
}

/**
 * The browser's own modal dialog: it keeps the focus, gives it back, closes with Escape and makes the rest inert, which
 * a library does in 15 kB and with a style element that the content security policy refuses.
 */
export function Dialog({ title, onClose, children, footer, wide = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // With what it shows, and not after it was painted: a key that follows at once is for this dialog.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) {
      element.showModal();
      // The browser would take the button that closes; who opens a dialog with fields wants to fill them in.
      element.querySelector<HTMLElement>('input, select, textarea')?.focus();
    }
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={`panel max-h-[min(92dvh,860px)] w-full flex-col p-0 shadow-xl open:flex ${wide ? 'max-w-4xl' : 'max-w-lg'} max-sm:m-0 max-sm:mt-auto max-sm:max-w-none max-sm:rounded-b-none`}
    >
      <header className="flex items-start justify-between gap-3 border-b border-line px-4 py-3">
        <h2 id={heading} className="min-w-0 pt-0.5 text-base font-semibold">
          {title}
        </h2>
        <Button look="quiet" small icon="cross" onClick={onClose} aria-label="Close" />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">{children}</div>
      {footer !== undefined && (
        <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3">
          {footer}
        </footer>
      )}
    </dialog>
  );
}
