/**
 * Shapes of credentials that everybody knows by their beginning. Each wants enough of a tail to be no ordinary word:
 * a false alarm would keep a tenant from changing. All of them look a bounded way ahead, so that long texts cost little.
 */
const SHAPES: readonly { readonly what: string; readonly shape: RegExp }[] = [
  { what: 'an API key', shape: /(?<![A-Za-z0-9])sk-(?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9_-]{16}/ },
  {
    what: 'a GitHub token',
    shape: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/,
  },
  { what: 'a GitLab token', shape: /(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{16,}/ },
  { what: 'a Slack token', shape: /(?<![A-Za-z0-9])xox[abeprs]-[A-Za-z0-9-]{10,}/ },
  { what: 'an AWS access key', shape: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/ },
  { what: 'a Google API key', shape: /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/ },
  { what: 'a private key', shape: /-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY/ },
  { what: 'an age private key', shape: /AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{16,}/i },
];

/** Names the credential that a text holds in clear, by its well-known shape; null when it holds none. */
export function plainSecret(text: string): string | null {
  return SHAPES.find(({ shape }) => shape.test(text))?.what ?? null;
}

/** Whether a text holds a URL with a password in it (`scheme://user:password@…`). */
export function urlPassword(text: string): boolean {
  return /[A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/[^\s/?#@:]*:[^\s/?#@]+@/.test(text);
}
