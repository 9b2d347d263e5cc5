import { announce } from './announcer.tsx';

/** The address whose page was told last; null before the first, which the browser tells by itself. */
let told: string | null = null;

/**
 * A page with a heading of its own is there. A browser tells a new page to screen readers and begins at its top; where
 * pages change without it, this does: the page is named, and the focus leaves what is gone or belongs to the frame. What
 * is focused within the page (a tab of a tenant) keeps the focus.
 */
export function arrived(title: string): void {
  const before = told;
  told = location.pathname;
  if (before === null || before === told) return;
  announce(title);
  const main = document.getElementById('main');
  const { activeElement } = document;
  if (main === null || main.contains(activeElement) || document.querySelector('dialog[open]') !== null)
    return;
  main.focus({ preventScroll: true });
}
