import type { Offence } from './errors.ts';

interface Seen {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/**
 * Finds names of one folder, files and folders alike, that are one name where case or Unicode form do not count, and
 * names that are there twice.
 */
export class NameTwins {
  readonly #seen = new Map<string, Seen>();
  readonly #offences = new Map<string, Offence>();
  /** The folder of the path before, with its slash: most paths share it. */
  #folder = '';

  /** Takes the path of a file. */
  add(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    if (folder !== this.#folder) {
      for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
        this.#see({ name: path.slice(0, end), kind: 'folder' });
      }
      this.#folder = folder;
    }
    this.#see({ name: path, kind: 'file' });
  }

  offences(): readonly Offence[] {
    return [...this.#offences.values()];
  }

  #see(seen: Seen): void {
    const { name, kind } = seen;
    const own = name.lastIndexOf('/') + 1;
    const key = name.slice(0, own) + fold(name.slice(own));
    const twin = this.#seen.get(key);
    if (twin === undefined) this.#seen.set(key, seen);
    else if (twin.name !== name)
      this.#offences.set(name, { path: name, why: `differs from ${twin.name} in case only; rename one` });
    else if (twin.kind === 'file' || kind === 'file')
      this.#offences.set(name, { path: name, why: 'is there twice' });
  }
}

function fold(name: string): string {
  // Most names are ASCII, which has one form.
  return (/^[ -~]*$/.test(name) ? name : name.normalize('NFC')).toLowerCase();
}
