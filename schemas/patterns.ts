/**
 * The regular expressions of the language, each with the sentence that tells what it wants. All of them run in
 * linear time: no nested repetition, no two ways to match the same text.
 */
export interface Pattern {
  /** What the reference calls such a value. */
  readonly label: string;
  readonly source: string;
  /** Follows "`x` …": what a value must be, and how to write one. */
  readonly rule: string;
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS = `(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\\.)`;

export const patterns = {
  name: {
    label: 'name',
    source: `^${LABEL}$`,
    rule: 'must be a lower-case DNS label: a-z, 0-9 and `-` in between, as in `acme-shop`',
  },
  file: {
    label: 'file name',
    source: '^[a-z0-9][-a-z0-9._]*\\.ya?ml$',
    rule: 'must be the name of a YAML file in the same folder, as in `compose.yaml`',
  },
  duration: {
    label: 'duration',
    source:
      '^(?:0|[1-9][0-9]{0,7})ms$|^(?:0|[1-9][0-9]{0,5})s$|^(?:0|[1-9][0-9]{0,3})m$|^(?:0|[1-9][0-9]?|[1-4][0-9]{2})h$',
    rule: 'must be a duration of one number and one unit (ms, s, m, h), as in `500ms`, `5s`, `90s`, `2m` or `1h`',
  },
  positiveDuration: {
    label: 'duration',
    source: '^[1-9][0-9]{0,7}ms$|^[1-9][0-9]{0,5}s$|^[1-9][0-9]{0,3}m$|^(?:[1-9][0-9]?|[1-4][0-9]{2})h$',
    rule: 'must be a duration longer than zero, one number and one unit (ms, s, m, h), as in `500ms`, `5s` or `2m`',
  },
  size: {
    label: 'size',
    source: '^[1-9][0-9]{0,8}(?:Ki|Mi)$|^[1-9][0-9]{0,5}Gi$',
    rule: 'must be a whole number with Ki, Mi or Gi, as in `512Mi` or `1Gi` (1.5Gi is `1536Mi`)',
  },
  envName: {
    label: 'variable name',
    source: '^(?!TENANTRY_)[A-Za-z_][A-Za-z0-9_]*$',
    rule: 'must consist of letters, digits and `_`, and not begin with a digit, nor with `TENANTRY_`, which is kept for Tenantry itself',
  },
  labelKey: {
    label: 'label name',
    source: '^(?!dev\\.tenantry)[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?$',
    rule: 'must consist of letters, digits and `- _ . /`, begin and end with a letter or digit, and not begin with `dev.tenantry`, which is kept for Tenantry itself',
  },
  token: {
    label: 'token',
    source: '^[A-Za-z0-9:._+-]*$',
    rule: 'must be a token of letters, digits and `: . _ + -`, as in "2026-11-21T10:00Z"; any new value acts once',
  },
  mountPath: {
    label: 'path',
    source:
      '^(?!/(?:proc|sys|dev|run/secrets|var/run/secrets|etc/tenantry)(?:/|$))(?:/(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]+)+$',
    rule: 'must be an absolute path without `..`, such as `/data/session`, and not `/` itself nor under /proc, /sys, /dev, /run/secrets or /etc/tenantry',
  },
  httpPath: {
    label: 'HTTP path',
    source: "^/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$",
    rule: 'must be an HTTP path that begins with `/`, as in `/api/health`',
  },
  user: {
    label: 'user',
    source: '^[a-z_0-9][-a-z0-9_]{0,31}(?::[a-z_0-9][-a-z0-9_]{0,31})?$',
    rule: 'must be a user, or user:group, by name or number, as in `app` or "1000:1000"',
  },
  instant: {
    label: 'date and time',
    source:
      '^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$',
    rule: 'must be a date and time with its zone, as in `2026-12-01T00:00Z`',
  },
  domain: {
    label: 'domain',
    source: `^(?:\\*\\.)?${DNS}+[a-z](?:[-a-z0-9]*[a-z0-9])?$`,
    rule: 'must be a lower-case domain name without scheme, port or path, as in `shop.example.com` or `*.example.com`',
  },
  cidr: {
    label: 'IPv4 range',
    source:
      '^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])/(?:[89]|1[0-9]|2[0-4])$',
    rule: 'must be an IPv4 range of /8 to /24, as in `10.210.0.0/16`',
  },
  ageRecipient: {
    label: 'age recipient',
    source: '^age1[02-9ac-hj-np-z]{58}$',
    rule: 'must be an age recipient (`age1…`, a public key); `tenantry secret keygen` prints one',
  },
  sealed: {
    label: 'age ciphertext',
    source: '^-----BEGIN AGE ENCRYPTED FILE-----',
    rule: 'is not encrypted: store it with `tenantry secret set`, which encrypts it, and change the value at its source, since this one is in the history',
  },
  commit: {
    label: 'commit id',
    source: '^[0-9a-f]{40}$',
    rule: 'must be the full id of a commit, 40 hexadecimal digits',
  },
  cron: {
    label: 'cron schedule',
    source: '^@(?:yearly|annually|monthly|weekly|daily|hourly)$|^[0-9A-Za-z*/,-]+(?: +[0-9A-Za-z*/,-]+){4}$',
    rule: 'must be a cron schedule of five fields (minute, hour, day, month, weekday), as in `30 3 * * *`, or `@daily`',
  },
  timezone: {
    label: 'time zone',
    source: '^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$',
    rule: 'must be a time zone by its IANA name, as in `Europe/Berlin`',
  },
  upstream: {
    label: 'URL',
    source: '^https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?$',
    rule: 'must be an http:// or https:// address without credentials, as in `http://10.0.0.5:8080`',
  },
  redirect: {
    label: 'URL',
    source: "^https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*)?$",
    rule: 'must be an http:// or https:// address without credentials, as in `https://www.example.com/`',
  },
  bcrypt: {
    label: 'bcrypt hash',
    source: '^\\$2[aby]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}$',
    rule: 'must be the bcrypt hash of a password, never the password; `htpasswd -nB NAME` makes one',
  },
  realm: {
    label: 'text',
    source: '^[A-Za-z0-9 ._-]*$',
    rule: 'must consist of letters, digits, spaces and `. _ -`',
  },
  basicUser: {
    label: 'user name',
    source: '^[A-Za-z0-9._@-]+$',
    rule: 'must consist of letters, digits and `. _ @ -`',
  },
} as const satisfies Record<string, Pattern>;

const bySource: ReadonlyMap<string, Pattern> = new Map(Object.values(patterns).map((p) => [p.source, p]));

/** The entry of this list that has a regular expression of the schemas; null for one that has none. */
export function patternOf(source: string): Pattern | null {
  return bySource.get(source) ?? null;
}
