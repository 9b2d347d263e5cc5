/** A call to the engine, by what stays the same from run to run. */
export interface Call {
  readonly method: string;
  /** `/containers/{id}/start` */
  readonly template: string;
  /** What the call is about, by its name: a container, network, volume or image; null for lists and the engine. */
  readonly subject: string | null;
  /** As it stands in the path or in the body; null where nothing is named. */
  readonly ref: string | null;
}

const kinds = /^\/(containers|networks|volumes|images)\/(.+)$/;
const wholes: ReadonlySet<string> = new Set(['json', 'create', 'prune']);

/**
 * Reads a request's path.
 *
 * @param named the name that an id stands for, as far as it is known
 */
export function callOf(
  method: string,
  url: string,
  body: unknown,
  named: (ref: string) => string | undefined,
): Call {
  const { pathname, searchParams } = new URL(url, 'http://engine');
  const path = decodeURIComponent(pathname.replace(/^\/v1\.\d+(?=\/)/, ''));
  const [, kind = '', rest = ''] = kinds.exec(path) ?? [];
  if (kind === '') return { method, template: path, subject: null, ref: null };
  if (wholes.has(rest)) {
    const image = [searchParams.get('fromImage'), searchParams.get('tag')].filter((part) => part !== null);
    const subject = searchParams.get('name') ?? nameIn(body) ?? (image.length > 0 ? image.join(':') : null);
    return { method, template: path, subject, ref: subject };
  }
  // The name of an image has slashes, and its only verb is the last word.
  const cut = kind === 'images' ? rest.lastIndexOf('/') : rest.indexOf('/');
  const ref = cut === -1 ? rest : rest.slice(0, cut);
  const verb = cut === -1 ? '' : rest.slice(cut);
  const place = kind === 'containers' || kind === 'networks' ? '{id}' : '{name}';
  return { method, template: `/${kind}/${place}${verb}`, subject: named(ref) ?? ref, ref };
}

function nameIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('Name' in body)) return null;
  return typeof body.Name === 'string' ? body.Name : null;
}

/** The two keys of a call at its occurrence: with its subject, by which it is listed, and without. */
export interface Keys {
  readonly full: string;
  readonly plain: string;
}

/** Counts calls by what they are. Calls about one thing keep their keys in whatever order tenants come. */
export class KeyCounter {
  readonly #counts = new Map<string, number>();
  readonly #seen: string[] = [];

  next({ method, template, subject }: Pick<Call, 'method' | 'template' | 'subject'>): Keys {
    const plain = `${method} ${template}`;
    const full = subject === null ? plain : `${plain} ${subject}`;
    const keys = { plain: this.#count(plain), full: subject === null ? '' : this.#count(full) };
    const key = keys.full === '' ? keys.plain : keys.full;
    this.#seen.push(key);
    return { plain: keys.plain, full: key };
  }

  get seen(): readonly string[] {
    return this.#seen;
  }

  #count(text: string): string {
    const count = (this.#counts.get(text) ?? 0) + 1;
    this.#counts.set(text, count);
    return `${text}#${count}`;
  }
}
