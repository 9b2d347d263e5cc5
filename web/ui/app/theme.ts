export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

const KEY = 'tenantry.theme';

/** What this browser was told; a private window may refuse to remember. */
export function chosenTheme(): Theme {
  try {
    const said = localStorage.getItem(KEY);
    return themes.find((theme) => theme === said) ?? 'system';
  } catch (error) {
    if (error instanceof DOMException) return 'system';
    throw error;
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch (error) {
    // It holds for this visit.
    if (!(error instanceof DOMException)) throw error;
  }
}
