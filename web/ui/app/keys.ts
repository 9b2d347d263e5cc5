import { useEffect } from 'react';

/** On a Mac the Control key belongs to editing: there Ctrl-K cuts a line, and ⌘K is free. */
const isMac = /^(Mac|iPhone|iPad)/.test(navigator.platform);

/** The key of the palette as it stands on this keyboard, and as `aria-keyshortcuts` has it. */
export const paletteKey = isMac
  ? ({ shown: '⌘K', aria: 'Meta+K' } as const)
  : ({ shown: 'Ctrl K', aria: 'Control+K' } as const);

/** Ctrl-K or ⌘K opens the palette; `/` goes to the search of the page, or to the palette where there is none. */
export function useKeys({ palette }: { readonly palette: () => void }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // Somebody nearer has taken it: an editor, a menu.
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      const { ctrlKey, metaKey, altKey } = event;
      if (event.key.toLowerCase() === 'k' && !altKey && (isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey)) {
        event.preventDefault();
        palette();
      } else if (event.key === '/' && !ctrlKey && !metaKey && !altKey && !isTyping(event.composedPath()[0])) {
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
