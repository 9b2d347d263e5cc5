import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** The folder that holds the whole project. */
export const root = join(import.meta.dirname, '..', '..');

/** Folders of the house that hold sources; tests are not among them. */
export const house = ['schemas', 'desired-state', 'renderers', 'reconciler', 'web', 'deploy'] as const;

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Files of this project that it imports, for types too, by the same kind of path. */
  readonly imports: readonly string[];
  /** Those of them that are still there when types are erased. */
  readonly runtimeImports: readonly string[];
  /** Modules of Node and of packages, as they are written. */
  readonly modules: readonly string[];
}

const erasing = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext, verbatimModuleSyntax: true };

function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** Every program file of the house, with what its import lines name. Imports are read by TypeScript itself. */
export function sourceFiles(): SourceFile[] {
  return (
    house
      .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,mts,mjs,js}`, { cwd: root }))
      // What Vite has made of the page is no source.
      .filter((path) => !path.startsWith('web/ui/dist'))
      .sort()
      .map((path) => {
        const text = readFileSync(join(root, path), 'utf8');
        const named = importsOf(text);
        const files = (names: readonly string[]): string[] =>
          names.filter((name) => name.startsWith('.')).map((name) => posix.join(dirname(path), name));
        return {
          path,
          text,
          imports: files(named),
          runtimeImports: files(importsOf(ts.transpile(text, erasing))),
          modules: named.filter((name) => !name.startsWith('.')),
        };
      })
  );
}

/** All files that are loaded with a file, itself included. */
export function reachable(from: string, files: ReadonlyMap<string, SourceFile>): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [from];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    pending.push(...(files.get(path)?.runtimeImports ?? []));
  }
  return found;
}

/** Imports that lead back to where they began, as `a.ts -> b.ts -> a.ts`; each circle once. */
export function circles(files: ReadonlyMap<string, SourceFile>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const next of files.get(path)?.imports ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of files.keys()) visit(path, []);
  return found;
}
