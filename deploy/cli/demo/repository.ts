import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import type { Person } from '../../../desired-state/git/port.ts';
import { generateKey, loadIdentity, saveIdentity } from '../../../desired-state/secrets/identity.ts';
import { SecretError } from '../../../desired-state/secrets/secret-error.ts';
import { pinImages } from '../../../desired-state/write/channel-edits.ts';
import { commitEdits } from '../../../desired-state/write/commit.ts';
import { type Proposal, proposal, type SourceFiles, valueOf } from '../../../desired-state/write/edit.ts';
import { setScalar } from '../../../desired-state/write/edit-yaml.ts';
import { initRepository } from '../../../desired-state/write/init-repository.ts';
import { valueAt } from '../../../desired-state/write/json-value.ts';
import { sourceAt } from '../../../desired-state/write/source-at.ts';
import { starterFiles } from '../../../desired-state/write/starter.ts';
import { nullIfMissing } from '../../../reconciler/adapters/files-digest.ts';
import { ensureRepository } from '../../../web/git-server/repository.ts';
import { imageRepositories } from '../../images/definition.ts';
import { engineAt, imageId } from '../../images/engine-build.ts';
import { keyFileName } from '../commands/secret-keygen.ts';
import type { CommandContext } from '../context.ts';
import { shortId } from '../output/text.ts';
import { withRepository } from '../repository.ts';
import { withNodeKey } from '../secret-keys.ts';
import { freePool } from './address-pool.ts';
import type { DemoImages } from './images.ts';
import type { DemoNames } from './names.ts';

const author: Person = { name: 'Tenantry demo', email: 'demo@tenantry.example' };

/**
 * Makes the demo's repository, which the control node will serve, and a clone of it to edit in; or keeps those that are
 * there: they may hold a person's edits. Either way the node has its key, and the images that its channels name are on
 * the engine.
 */
export async function prepareRepository(
  context: CommandContext,
  names: DemoNames,
  images: DemoImages,
  docker: string | undefined,
): Promise<void> {
  const recipient = await nodeRecipient(context, names);
  const isThere = (path: string): Promise<unknown> => stat(path).catch(nullIfMissing);
  if ((await isThere(join(names.repo, '.git'))) === null) await create(context, names, images, docker);
  else context.print(`Repository ${names.repo}: kept as it is`);
  if ((await isThere(names.remote)) === null) await serve(names);
  await edit(context, names, (source) => withNodeKey(source, names.node, recipient));
  // Staging is one build ahead, so that there is something to promote.
  await repin(context, names, docker, { production: images.v1, staging: images.v2 });
}

/** Gives the control node a repository that begins as the clone is. */
async function serve({ control, remote, repo }: DemoNames): Promise<void> {
  await ensureRepository(join(control, 'git'), 'platform', 'main');
  await execa('git', ['-C', repo, 'push', '--quiet', remote, 'main:main']);
  // Whoever edits by the command line there needs a name as well.
  await nameAuthor(remote);
}

/** First line of a commit's message, for the lines that are printed while it is followed. */
export function subjectIn(repo: string, revision: string): string | null {
  const { exitCode, stdout } = execaSync(
    'git',
    ['-C', repo, 'log', '-1', '--format=%s', '--end-of-options', revision],
    {
      reject: false,
      timeout: 5_000,
    },
  );
  return exitCode === 0 && stdout !== '' ? stdout : null;
}

async function create(
  context: CommandContext,
  names: DemoNames,
  images: DemoImages,
  docker: string | undefined,
): Promise<void> {
  const pool = await freePool(docker);
  const files = await starterFiles({ platform: names.platform, image: images.v1 });
  const nodeFile = `nodes/${names.node}.yaml`;
  const staging = 'channels/staging.yaml';
  const commit = await initRepository(
    names.repo,
    {
      ...files,
      [nodeFile]: setScalar(files[nodeFile] ?? '', '/spec/network/pool', pool),
      [staging]: setScalar(files[staging] ?? '', '/spec/images/runtime', images.v2),
    },
    author,
  );
  await nameAuthor(names.repo);
  context.print(`Repository ${names.repo}: made, first commit ${shortId(commit)}, addresses from ${pool}`);
}

/** Commits need an author, and a fresh machine has none. */
async function nameAuthor(folder: string): Promise<void> {
  for (const [key, value] of Object.entries({ 'user.name': author.name, 'user.email': author.email })) {
    const { exitCode } = await execa('git', ['-C', folder, 'config', '--get', key], { reject: false });
    if (exitCode !== 0) await execa('git', ['-C', folder, 'config', key, value]);
  }
}

/** The node's public key; the pair is made on the first run. */
async function nodeRecipient(context: CommandContext, { dataDir }: DemoNames): Promise<string> {
  const file = join(dataDir, keyFileName);
  try {
    return (await loadIdentity(file)).recipient;
  } catch (error) {
    if (!(error instanceof SecretError) || error.code !== 'secret/no-key') throw error;
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const key = await generateKey();
    await saveIdentity(file, key, new Date(context.now()));
    context.print(`Key ${file}: made, only its owner can read it`);
    return key.recipient;
  }
}

/** Images are built from the sources: after an update, or on an engine that was emptied, the old pins name nothing. */
async function repin(
  context: CommandContext,
  names: DemoNames,
  docker: string | undefined,
  wanted: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [channel, ref] of Object.entries(wanted)) {
    const engine = engineAt(docker);
    await edit(context, names, async (source) => {
      const path = `channels/${channel}.yaml`;
      const pinned =
        source.read(path) === null ? null : valueAt(valueOf(source, path), ['spec', 'images', 'runtime']);
      const isOurs = typeof pinned === 'string' && pinned.startsWith(`${imageRepositories.runtime}:`);
      if (!isOurs || (await imageId(engine, pinned)) !== null)
        return proposal({ verb: 'pin', subject: '', body: [], edits: [] });
      return pinImages(source, channel, { runtime: ref });
    });
  }
}

async function edit(
  context: CommandContext,
  { remote }: DemoNames,
  build: (source: SourceFiles) => Promise<Proposal> | Proposal,
): Promise<void> {
  await withRepository(context, { repo: remote, branch: 'main' }, async (repository, base) => {
    const made = await build(await sourceAt(repository, base));
    const { commit } = await commitEdits({ repository, base, proposal: made, author, committer: author });
    if (commit !== null) context.print(`Commit ${shortId(commit)}: ${made.subject}`);
  });
}
