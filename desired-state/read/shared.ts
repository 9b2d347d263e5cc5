import type { Documents } from '../../schemas/kinds.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { DesiredChannel, DesiredPlatform, DesiredPrompt, DesiredSkill } from '../model.ts';
import { desiredChannel } from './channel.ts';
import type { JudgedFile } from './document-cache.ts';
import { desiredPrompt, desiredSkill } from './managed.ts';
import { desiredNode, type SharedNode } from './node.ts';
import { desiredPlatform } from './platform.ts';
import { hasErrors, problemOfFile } from './problem-at.ts';

export type PlatformSpec = Documents['Platform']['spec'];

/**
 * What tenants depend on. A name whose document is invalid is there, with null: whoever names it makes no mistake.
 */
export interface Shared {
  readonly platform: { readonly spec: PlatformSpec; readonly desired: DesiredPlatform } | null;
  readonly nodes: ReadonlyMap<string, SharedNode | null>;
  readonly channels: ReadonlyMap<string, DesiredChannel | null>;
  readonly prompts: ReadonlyMap<string, DesiredPrompt | null>;
  readonly skills: ReadonlyMap<string, DesiredSkill | null>;
  readonly problems: readonly Problem[];
  /** Whether there is no error, so that all of it is known. */
  readonly valid: boolean;
}

/** Resolves the shared files of a revision. Pure. */
export function resolveShared(files: readonly JudgedFile[]): Shared {
  const problems: Problem[] = files.flatMap((file) => [...file.problems]);
  const report = (found: readonly Problem[]): void => {
    problems.push(...found);
  };
  const platformFile = ofKind(files, 'Platform')[0];
  if (platformFile === undefined) {
    const message =
      'There is no tenantry.yaml, which names the installation; `tenantry init` writes one to begin with.';
    problems.push(problemOfFile('tenantry.yaml', 'policy/no-platform', message));
  }
  const platform = platformFile?.value ?? null;
  const baseEnvironment = platform?.spec.defaults?.runtime?.env ?? {};
  const channelFiles = ofKind(files, 'Channel');
  const channelNames = channelFiles.map(({ name }) => name);
  const shared = {
    platform: platform === null ? null : { spec: platform.spec, desired: desiredPlatform(platform) },
    nodes: byName(ofKind(files, 'Node'), (file) => desiredNode(file, baseEnvironment, report)),
    channels: byName(channelFiles, (file) => desiredChannel(file, channelNames, report)),
    prompts: byName(ofKind(files, 'Prompt'), desiredPrompt),
    skills: byName(ofKind(files, 'Skill'), desiredSkill),
  };
  return { ...shared, problems, valid: !hasErrors(problems) };
}

/** The files that are documents of one kind. */
export function ofKind<K extends JudgedFile['kind']>(
  files: readonly JudgedFile[],
  kind: K,
): readonly Extract<JudgedFile, { kind: K }>[] {
  return files.filter((file): file is Extract<JudgedFile, { kind: K }> => file.kind === kind);
}

/** What is made of each file, by its name; of two with one name, the last. */
export function byName<F extends JudgedFile, T>(
  files: readonly F[],
  make: (file: F) => T,
): ReadonlyMap<string, T> {
  const made = new Map<string, T>();
  for (const file of files) made.set(file.name, make(file));
  return made;
}
