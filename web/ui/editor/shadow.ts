/**
 * Editors make their styles while they run. In a shadow they are adopted style sheets, which the content security
 * policy allows; in the page itself they would be style elements, which it refuses.
 */
export function shadowOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: 'open' });
}
