import { useEffect } from 'react';

/** Ctrl-K or ⌘K opens the palette; `/` goes to the search of the page, or to the palette where there is none. */
export function useKeys({ palette }: { readonly palette: () => void }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (document.querySelector('dialog[open]') !== null) return;
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        palette();
      } else if (
        event.key === '/' &&
        !event.ctrlKey &&
        !event.metaKey &&
        !event.altKey &&
        !isTyping(event.composedPath()[0])
      ) {
        event.preventDefault();
        const search = document.querySelector<HTMLInputElement>('input[data-search]');
        if (search === null) palette();
        else search.focus();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}

function isTyping(target: EventTarget | undefined): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
