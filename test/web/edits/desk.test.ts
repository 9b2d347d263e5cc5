import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EditError } from '../../../desired-state/write/edit-error.ts';
import { putFile } from '../../../desired-state/write/file-edits.ts';
import { parseAssignment, setFields } from '../../../desired-state/write/set-fields.ts';
import { removeTenant, setState } from '../../../desired-state/write/tenant-edits.ts';
import type { Accepted } from '../../../web/api/models/edit.ts';
import { type EditRequest, isPreview } from '../../../web/edits/request.ts';
import { WebError } from '../../../web/errors.ts';
import { git } from '../../support/git-repo.ts';
import { ada, type DeskWorld, deskWorld } from '../../support/web-desk.ts';

let world: DeskWorld;
beforeEach(async () => {
  world = await deskWorld();
});
afterEach(async () => world.close());

const acme = 'tenants/acme/tenant.yaml';
const stop = (parts: Partial<EditRequest> = {}): EditRequest => ({
  caller: ada,
  base: null,
  tenants: ['acme'],
  build: (source) => setState(source, 'acme', 'stopped'),
  merge: 'fields',
  query: {},
  ...parts,
});
const put = (path: string, text: string, parts: Partial<EditRequest> = {}): EditRequest =>
  stop({ build: (source) => putFile(source, path, text), merge: 'lines', ...parts });

async function accepted(request: EditRequest): Promise<Accepted> {
  const answer = await world.desk.edit(request);
  if (isPreview(answer)) throw new Error('a preview');
  return answer;
}

async function refused(request: EditRequest): Promise<unknown> {
  return world.desk.edit(request).then(
    () => {
      throw new Error('it was not refused');
    },
    (error: unknown) => error,
  );
}

describe('an edit', () => {
  test('becomes a commit by the person, from Tenantry, that the branch follows at once', async () => {
    const before = world.head();
    const { commit, parent, subject, follow } = await accepted(stop());
    expect(commit).toBe(world.head());
    expect(parent).toBe(before);
    expect(subject).toBe('acme: stop the runtime');
    expect(follow.commit).toBe(`/v1/commits/${commit}`);
    const who = git(world.bare, ['show', '--no-patch', '--format=%an <%ae> | %cn <%ce>%n%B', commit ?? '']);
    expect(who).toContain('Ada <ada@example.com> | Tenantry <tenantry@control.example>');
    expect(who).toContain('Tenantry-Edit: stop');
    expect(world.branch.head()).toBe(commit);
    expect(world.branch.desired()?.tenants['acme']?.desired?.state).toBe('stopped');
  });

  test('that changes nothing commits nothing', async () => {
    const before = world.head();
    const answer = await accepted(stop({ build: (source) => setState(source, 'acme', 'running') }));
    expect(answer.commit).toBeNull();
    expect(world.head()).toBe(before);
  });

  test('that leaves a problem is refused with its place, and commits nothing', async () => {
    const before = world.head();
    const error = await refused(put(acme, world.text(acme).replace('node: worker-1', 'node: nowhere')));
    expect(error).toBeInstanceOf(EditError);
    expect(error).toMatchObject({
      code: 'edit/invalid',
      problems: [expect.objectContaining({ path: acme, pointer: '/spec/node', line: expect.any(Number) })],
    });
    expect(world.head()).toBe(before);
  });

  test('of one who may not make it is refused with the place, and commits nothing', async () => {
    await world.close();
    world = await deskWorld({
      mayEdit: (caller, path) => [{ path, pointer: '/spec/runtime/state', message: `${caller.id} may not.` }],
    });
    const before = world.head();
    expect(await refused(stop())).toMatchObject({
      code: 'access/forbidden',
      status: 403,
      message: 'ada may not.',
      extra: { problems: [expect.objectContaining({ path: acme, pointer: '/spec/runtime/state' })] },
    });
    expect(world.head()).toBe(before);
  });

  test('may mend a file beside another that is broken already', async () => {
    world.meanwhile({ 'tenants/broken/tenant.yaml': 'kind: Tenant\n' });
    await world.branch.refresh();
    expect((await accepted(stop())).commit).toBe(world.head());
  });
});

describe('a dry run', () => {
  test('shows the files and the problems, and leaves neither a commit nor an object behind', async () => {
    const objects = git(world.bare, ['count-objects', '-v']);
    const before = world.head();
    const text = world.text(acme).replace('node: worker-1', 'node: nowhere');
    const answer = await world.desk.edit(put(acme, text, { query: { 'dry-run': true } }));
    expect(answer).toMatchObject({
      base: before,
      files: [{ path: acme, after: text }],
      problems: [expect.objectContaining({ path: acme, pointer: '/spec/node' })],
    });
    expect(world.head()).toBe(before);
    expect(git(world.bare, ['count-objects', '-v'])).toBe(objects);
  });

  test('is planned from the state that it would make', async () => {
    await world.close();
    const seen: unknown[] = [];
    world = await deskWorld({
      planOf: async (before, after) => {
        seen.push(
          before.desired?.tenants['acme']?.desired?.state,
          after.desired?.tenants['acme']?.desired?.state,
        );
        return null;
      },
    });
    await world.desk.edit(stop({ query: { 'dry-run': true } }));
    expect(seen).toEqual(['running', 'stopped']);
  });
});

describe('an edit of an older revision', () => {
  test('is made on the newer one when somebody changed other lines of the same file', async () => {
    const base = world.head();
    const old = world.text(acme);
    world.meanwhile({ [acme]: old.replace(/^ {2}owner: .*$/m, '  owner: new@example.com') });
    await world.branch.refresh();
    const { parent } = await accepted(put(acme, `${old}# mine\n`, { base }));
    expect(parent).not.toBe(base);
    expect(world.text(acme)).toContain('owner: new@example.com');
    expect(world.text(acme)).toContain('# mine');
  });

  test('is refused with all texts when somebody changed the same lines', async () => {
    const base = world.head();
    const old = world.text(acme);
    const write = (owner: string): string => old.replace(/^ {2}owner: .*$/m, `  owner: ${owner}`);
    const newest = world.meanwhile({ [acme]: write('theirs@example.com') });
    await world.branch.refresh();
    const error = await refused(put(acme, write('ours@example.com'), { base }));
    expect(error).toBeInstanceOf(WebError);
    expect(error).toMatchObject({
      code: 'edit/conflict',
      status: 409,
      extra: {
        conflict: {
          revision: newest,
          files: [
            {
              path: acme,
              base: expect.stringContaining('spec:'),
              ours: write('ours@example.com'),
              theirs: expect.stringContaining('theirs@'),
            },
          ],
        },
      },
    });
    expect(world.head()).toBe(newest);
  });

  test('of fields is made on the newer one when neighbouring lines have changed, and refused for the same field', async () => {
    const base = world.head();
    const build: EditRequest['build'] = (source) =>
      setFields(source, 'acme', [parseAssignment('runtime.env.LOG_LEVEL=trace')]);
    await accepted(
      stop({ build: (source) => setFields(source, 'acme', [parseAssignment('runtime.env.A=1')]) }),
    );
    await accepted(stop({ build, base }));
    expect(world.branch.desired()?.tenants['acme']?.desired?.env).toMatchObject({
      A: '1',
      LOG_LEVEL: 'trace',
    });
    const other: EditRequest['build'] = (source) =>
      setFields(source, 'acme', [parseAssignment('runtime.env.LOG_LEVEL=warn')]);
    expect(await refused(stop({ build: other, base }))).toMatchObject({ code: 'edit/conflict' });
  });

  test('that takes a folder as a whole is refused when a file came into it', async () => {
    const base = world.head();
    world.meanwhile({
      'tenants/acme/prompts/new.yaml':
        'apiVersion: tenantry.dev/v1\nkind: Prompt\nmetadata: {name: new}\nspec: {text: Hi}\n',
    });
    await world.branch.refresh();
    const error = await refused(stop({ build: (source) => removeTenant(source, 'acme'), base }));
    expect(error).toMatchObject({
      code: 'edit/conflict',
      extra: { conflict: { files: [{ path: 'tenants/acme/prompts/new.yaml', base: null }] } },
    });
  });

  test('that the branch does not hold is refused', async () => {
    git(world.work.dir, ['switch', '--quiet', '--orphan', 'other']);
    world.work.commit({ 'a.txt': 'a' });
    const base = world.work.revision();
    git(world.bare, ['fetch', '--quiet', world.work.dir, 'other']);
    expect(await refused(stop({ base }))).toMatchObject({ code: 'edit/unknown-base' });
  });

  test('is made on a commit that nobody has told us of yet', async () => {
    const theirs = world.meanwhile({ 'README.md': 'new\n' });
    const { parent } = await accepted(stop());
    expect(parent).toBe(theirs);
  });
});
