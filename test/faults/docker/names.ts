import type { Call } from './keys.ts';

/** What the ids on an engine stand for, learnt from what it answers. */
export class Names {
  readonly #names = new Map<string, string>();
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();

  of(ref: string): string | undefined {
    return this.#names.get(ref);
  }

  /** Labels of the container, or null when it was never seen. */
  labels(ref: string): Readonly<Record<string, string>> | null {
    return this.#labels.get(ref) ?? null;
  }

  /** Learns from a call that the engine carried out. */
  learn(call: Call, query: URLSearchParams, sent: unknown, answered: unknown): void {
    const { method, template } = call;
    if (template === '/containers/json' || template === '/networks') this.#list(answered);
    else if (template === '/containers/create' || template === '/networks/create') {
      const id = field(answered, 'Id');
      if (typeof id !== 'string' || call.subject === null) return;
      this.#names.set(id, call.subject);
      this.#label(id, sent);
    } else if (method === 'POST' && template === '/containers/{id}/rename' && call.ref !== null) {
      this.#names.set(call.ref, query.get('name') ?? '');
    }
  }

  #list(answered: unknown): void {
    if (!Array.isArray(answered)) return;
    for (const entry of answered) {
      const id = field(entry, 'Id');
      const names = field(entry, 'Names');
      const name = Array.isArray(names) ? names[0] : field(entry, 'Name');
      if (typeof id !== 'string' || typeof name !== 'string') continue;
      this.#names.set(id, name.replace(/^\//, ''));
      this.#label(id, entry);
    }
  }

  #label(id: string, of: unknown): void {
    const labels = field(of, 'Labels');
    const entries = typeof labels === 'object' && labels !== null ? Object.entries(labels) : [];
    this.#labels.set(id, Object.fromEntries(entries.map(([key, value]) => [key, String(value)])));
  }
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
