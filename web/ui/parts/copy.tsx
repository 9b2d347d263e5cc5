import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { announce } from '../app/announcer.tsx';

/** How long it is told that something was copied, or was not. */
const TOLD = 2_000;

/** Copies a text; `said` is what came of it, for a moment. */
export function useCopy(text: string, label: string) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), TOLD);
    return () => clearTimeout(timer);
  }, [said]);
  // Where the page comes without TLS there is no clipboard at all, which to a reader is the same as a refusal.
  const write = async (): Promise<void> => navigator.clipboard.writeText(text);
  const tell = (shown: string, spoken = shown): void => {
    setSaid(shown);
    announce(spoken);
  };
  const copy = (): void =>
    void write().then(
      () => tell('Copied', `Copied ${label}`),
      () => tell('The browser did not allow copying'),
    );
  return { said, copy };
}

/** What came of copying, above what was pressed: in the top layer, so that no table cuts it and nothing moves for it. */
export function CopyNote({ said }: { readonly said: string | null }) {
  const note = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = note.current;
    const place = element?.parentElement?.getBoundingClientRect();
    if (element === null || place === undefined || said === null) return;
    element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(4, Math.min(place.left, innerWidth - width - 4))}px`;
    element.style.top = `${place.top > height + 4 ? place.top - height - 2 : place.bottom + 2}px`;
  }, [said]);
  if (said === null) return null;
  return (
    <span
      ref={note}
      popover="manual"
      aria-hidden="true"
      className="pointer-events-none fixed inset-auto m-0 rounded border-0 bg-ink px-1.5 py-0.5 font-sans text-xs text-ground"
    >
      {said}
    </span>
  );
}

/** An identifier: monospace, copied on click. `shown` may be shorter than what is copied; a heading is `plain`. */
export function Copyable({
  text,
  shown = text,
  label,
  plain = false,
}: {
  readonly text: string;
  readonly shown?: string;
  readonly label: string;
  readonly plain?: boolean;
}) {
  const { said, copy } = useCopy(text, label);
  return (
    <span className="relative inline-flex max-w-full align-bottom">
      <button
        type="button"
        onClick={copy}
        title={`Copy ${label}: ${text}`}
        className={`max-w-full cursor-copy truncate rounded-sm select-text hover:bg-raised ${plain ? '' : 'font-mono text-[0.92em]'}`}
      >
        {shown}
      </button>
      <CopyNote said={said} />
    </span>
  );
}
