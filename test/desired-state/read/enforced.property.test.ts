import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enforce } from '../../../desired-state/read/enforced.ts';
import type { Enforced } from '../../../desired-state/read/in-force.ts';
import { resolve } from '../../../desired-state/read/resolve.ts';
import * as f from './files.ts';

const CAPACITY_MI = 1024;

const shared: f.Tree = {
  ...f.base,
  ...f.node('worker-1', {
    capacity: { memory: `${CAPACITY_MI}Mi`, tenants: 4 },
    ingress: { kind: 'caddy', domain: 'example.com' },
  }),
};

const names = ['aa', 'bb', 'cc', 'dd', 'ee', 'ff'] as const;

/** A tenant's folder: sound, or broken in one of the ways in which folders break. */
function folder(name: string): fc.Arbitrary<f.Tree> {
  const sound = fc
    .record({
      subdomain: fc.constantFrom('one', 'two', 'three', null),
      memory: fc.constantFrom(128, 256, 512),
    })
    .map(({ subdomain, memory }) =>
      f.tenant(name, {
        ...(subdomain === null ? {} : { subdomain }),
        runtime: { resources: { memory: `${memory}Mi` } },
      }),
    );
  const path = `tenants/${name}/tenant.yaml`;
  const broken = fc.constantFrom<f.Tree>(
    { [path]: 'spec: [' },
    { [path]: '' },
    f.tenant(name, { node: 'nowhere' }),
    f.tenant(name, { runtime: { secrets: ['NONE'] } }),
    f.skill(`tenants/${name}`, 'alone'),
    { ...f.tenant(name), [`tenants/${name}/jobs/j.yaml`]: 'x' },
    { [`tenants/${name}.yaml`]: 'x' },
  );
  return fc.oneof({ weight: 4, arbitrary: sound }, { weight: 1, arbitrary: broken });
}

/** Some of the tenants, each with a folder. */
const tenants: fc.Arbitrary<ReadonlyMap<string, f.Tree>> = fc
  .tuple(...names.map((name) => fc.option(folder(name), { freq: 3 })))
  .map((folders) => new Map(names.flatMap((name, i) => (folders[i] == null ? [] : [[name, folders[i]]]))));

function tree(folders: ReadonlyMap<string, f.Tree>): f.Tree {
  return Object.assign({}, shared, ...folders.values()) as f.Tree;
}

function after(previous: Enforced | null, folders: ReadonlyMap<string, f.Tree>, revision: string): Enforced {
  const enforced = enforce(previous, resolve(f.documents(tree(folders), revision)));
  if (enforced === null) throw new Error('the shared files are in order');
  return enforced;
}

function fold(steps: readonly ReadonlyMap<string, f.Tree>[]): Enforced | null {
  return steps.reduce<Enforced | null>((state, step, index) => after(state, step, `r${index}`), null);
}

const past = fc.array(tenants, { minLength: 1, maxLength: 4 });

describe('what is in force, whatever tenants do', () => {
  it('stays as it is for everybody whose folder a commit does not touch', () => {
    fc.assert(
      fc.property(past, tenants, fc.subarray([...names], { minLength: 1 }), (steps, change, touched) => {
        const before = fold(steps);
        const last = steps.at(-1) ?? new Map<string, f.Tree>();
        const untouched = [...last].filter(([name]) => !touched.some((other) => other === name));
        const next = new Map([
          ...untouched,
          ...[...change].filter(([name]) => touched.some((other) => other === name)),
        ]);
        const state = after(before, next, 'next');
        for (const [name] of untouched) {
          const had = before?.tenants.get(name) ?? null;
          // Who was refused may be let in by what others give up; who had something keeps exactly that or gets his own newest word.
          const newest = resolve(f.documents(tree(next))).tenants.get(name)?.newest?.desired ?? null;
          const has = state.tenants.get(name)?.desired ?? null;
          if (had === null) continue;
          const held = (before?.tenantProblems.get(name) ?? []).length > 0;
          expect(held ? [had.desired, newest] : [had.desired]).toContainEqual(has);
          if (!held) expect(f.lines(state.tenantProblems.get(name) ?? [])).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('never gives one name to two, nor more of a node than it has', () => {
    fc.assert(
      fc.property(past, (steps) => {
        const state = fold(steps);
        const running = [...(state?.tenants.values() ?? [])].flatMap((tenant) =>
          tenant === null ? [] : [tenant.desired],
        );
        const subdomains = running.flatMap(({ subdomain }) => (subdomain === null ? [] : [subdomain]));
        expect(new Set(subdomains).size).toBe(subdomains.length);
        const bytes = running.reduce((sum, { resources }) => sum + resources.memoryBytes, 0);
        expect(bytes).toBeLessThanOrEqual(CAPACITY_MI * 1024 ** 2);
        expect(running.length).toBeLessThanOrEqual(4);
      }),
      { numRuns: 150 },
    );
  });

  it('never takes a definition from a tenant that still has a folder', () => {
    fc.assert(
      fc.property(past, tenants, (steps, next) => {
        const before = fold(steps);
        const state = after(before, next, 'next');
        for (const name of next.keys()) {
          if (before?.tenants.get(name) != null) expect(state.tenants.get(name)?.desired.name).toBe(name);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('does not depend on the order of files', () => {
    const more = {
      ...f.prompt('tenants/aa', 'x', '1'),
      ...f.prompt('tenants/aa', 'a', '2'),
      ...f.prompt('library', 'p', '3'),
    };
    const shuffledTrees = tenants.chain((folders) => {
      const files = Object.entries({ ...tree(folders), ...more });
      return fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length }));
    });
    const told = (files: [string, string][]): string => {
      const { tenants: resolved, ...rest } = resolve(f.documents(Object.fromEntries(files), 'r'));
      const state = enforce(null, resolve(f.documents(Object.fromEntries(files), 'r')));
      const all = {
        resolved: [...resolved],
        rest,
        tenants: [...(state?.tenants ?? [])],
        problems: state?.problems,
      };
      return JSON.stringify(all);
    };
    fc.assert(
      fc.property(shuffledTrees, ([files, shuffled]) => {
        expect(told(shuffled)).toBe(told(files));
      }),
      { numRuns: 60 },
    );
  });
});
