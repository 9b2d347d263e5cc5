import { describe, expect, it } from 'vitest';
import { enforce } from '../../../desired-state/read/enforced.ts';
import type { Enforced } from '../../../desired-state/read/in-force.ts';
import { resolve } from '../../../desired-state/read/resolve.ts';
import * as f from './files.ts';

/** What is in force after each of some revisions, named r1, r2, … */
function history(...trees: readonly f.Tree[]): Enforced {
  let enforced: Enforced | null = null;
  for (const [index, tree] of trees.entries()) {
    enforced = enforce(enforced, resolve(f.documents(tree, `r${index + 1}`)));
  }
  if (enforced === null) throw new Error('nothing is in force');
  return enforced;
}

function inForce(enforced: Enforced, name: string): { revision: string | null; problems: string[] } {
  const definition = enforced.tenants.get(name) ?? null;
  return {
    revision: definition === null ? null : (definition.heldAt ?? enforced.baseRevision),
    problems: f.lines(enforced.tenantProblems.get(name) ?? []),
  };
}

const shop = { subdomain: 'shop' };
const acme = { ...f.base, ...f.tenant('acme', shop) };
const small = { ...f.base, ...f.node('worker-1', { capacity: { memory: '512Mi' } }) };
const memory = (size: string) => ({ runtime: { resources: { memory: size } } });
const broken = 'spec: [';

describe('what is in force', () => {
  it('is the newest word of every tenant when all of them are valid', () => {
    const state = history(acme, { ...acme, ...f.tenant('acme', { channel: 'staging' }) });
    expect(inForce(state, 'acme')).toEqual({ revision: 'r2', problems: [] });
    expect(state.tenants.get('acme')?.desired.image).toBe(f.imageOf.staging);
    expect(state.selfContained).toBe(true);
  });

  it('leaves a name with the tenant that has it, and tells the newcomer whose it is', () => {
    const state = history(acme, { ...acme, ...f.tenant('aaa', shop) });
    expect(inForce(state, 'acme')).toEqual({ revision: 'r2', problems: [] });
    expect(inForce(state, 'aaa')).toEqual({
      revision: null,
      problems: [
        'policy/taken tenants/aaa/tenant.yaml:8:14: The subdomain `shop` on node `worker-1` belongs to tenant `acme` already; choose another. (/spec/subdomain)',
      ],
    });
  });

  it('still leaves it with the incumbent when both go on to edit their files', () => {
    const both = { ...acme, ...f.tenant('aaa', shop) };
    const state = history(acme, both, { ...both, ...f.tenant('acme', { ...shop, channel: 'staging' }) });
    expect(inForce(state, 'acme').revision).toBe('r3');
    expect(inForce(state, 'aaa').revision).toBeNull();
  });

  it('lets the newcomer in as soon as the name is free', () => {
    const both = { ...acme, ...f.tenant('aaa', shop) };
    const state = history(acme, both, { ...both, ...f.tenant('acme') });
    expect(inForce(state, 'aaa')).toEqual({ revision: 'r3', problems: [] });
  });

  it('gives a name that two claim at once to neither', () => {
    const state = history(f.base, { ...acme, ...f.tenant('aaa', shop) });
    expect([inForce(state, 'acme').revision, inForce(state, 'aaa').revision]).toEqual([null, null]);
  });

  it('lets two tenants swap their names in one commit', () => {
    const of = (a: string, b: string) => ({
      ...f.base,
      ...f.tenant('acme', { subdomain: a }),
      ...f.tenant('globex', { subdomain: b }),
    });
    const state = history(of('a', 'b'), of('b', 'a'));
    expect([inForce(state, 'acme').revision, inForce(state, 'globex').revision]).toEqual(['r2', 'r2']);
  });

  it('keeps the name of a tenant whose newest files are broken', () => {
    const state = history(acme, {
      ...f.base,
      'tenants/acme/tenant.yaml': broken,
      ...f.tenant('globex', shop),
    });
    expect(inForce(state, 'acme').revision).toBe('r1');
    expect(inForce(state, 'globex').problems).toHaveLength(1);
    expect(inForce(state, 'globex').revision).toBeNull();
  });

  it('keeps the old name of a tenant whose move to a new one was refused, and its taker out', () => {
    const before = { ...acme, ...f.tenant('globex', { subdomain: 'other' }) };
    const state = history(before, {
      ...before,
      ...f.tenant('acme', { subdomain: 'other' }),
      ...f.tenant('initech', shop),
    });
    expect(inForce(state, 'acme').revision).toBe('r1');
    expect(inForce(state, 'globex')).toEqual({ revision: 'r2', problems: [] });
    expect(inForce(state, 'initech').revision).toBeNull();
  });

  it('refuses the one that asks for more when the node is full, and nobody else', () => {
    const before = { ...small, ...f.tenant('acme'), ...f.tenant('globex') };
    const state = history(before, {
      ...before,
      ...f.tenant('acme', memory('257Mi')),
      ...f.tenant('initech'),
    });
    expect(inForce(state, 'acme')).toEqual({
      revision: 'r1',
      problems: [
        'policy/capacity tenants/acme/tenant.yaml:8:35: Node `worker-1` has room for 512Mi of memory, of which tenant `globex` has 256Mi of memory, and this tenant asks for 257Mi of memory; ask for less, raise `capacity` in nodes/worker-1.yaml, or choose another node. (/spec/runtime/resources/memory)',
      ],
    });
    expect(inForce(state, 'globex')).toEqual({ revision: 'r2', problems: [] });
    expect(inForce(state, 'initech').revision).toBeNull();
  });

  it('stops nobody when the capacity comes down below what is there, and lets nobody in', () => {
    const full = { ...small, ...f.tenant('acme'), ...f.tenant('globex') };
    const less = { ...full, ...f.node('worker-1', { capacity: { memory: '300Mi' } }) };
    const state = history(full, less, { ...less, ...f.tenant('initech') });
    expect([inForce(state, 'acme'), inForce(state, 'globex')]).toEqual([
      { revision: 'r3', problems: [] },
      { revision: 'r3', problems: [] },
    ]);
    expect(inForce(state, 'initech').revision).toBeNull();
    expect(f.lines(history(full, less).problems)).toEqual([
      'policy/capacity nodes/worker-1.yaml:6:23: The tenants of node `worker-1` add up to 512Mi of memory, more than the 300Mi of memory it is given here. They stay, and none is added; raise this, or move tenants to another node. (/spec/capacity/memory)',
    ]);
  });

  it('follows the shared files with the last good files of a broken tenant', () => {
    const moved = f.channel('production', {
      images: { runtime: 'registry.example.com/runtime:sha-3333333' },
    });
    const state = history(
      acme,
      { ...acme, 'tenants/acme/tenant.yaml': broken },
      {
        ...acme,
        ...moved,
        'tenants/acme/tenant.yaml': broken,
      },
    );
    expect(inForce(state, 'acme').revision).toBe('r1');
    expect(state.tenants.get('acme')?.desired.image).toBe('registry.example.com/runtime:sha-3333333');
  });

  it('keeps what ran when the last good files no longer fit the shared ones', () => {
    const { 'channels/production.yaml': _gone, ...rest } = acme;
    const staging = f.channel('staging', { images: { runtime: f.imageOf.staging } });
    const state = history(acme, { ...rest, ...staging });
    expect(state.baseRevision).toBe('r2');
    expect(inForce(state, 'acme').problems).toHaveLength(1);
    expect(state.tenants.get('acme')?.desired.image).toBe(f.imageOf.production);
  });

  it('holds everything when shared files are broken, and tells all that is wrong', () => {
    const state = history(acme, {
      ...acme,
      ...f.tenant('acme', { channel: 'staging' }),
      ...f.tenant('globex', { node: 'worker-2' }),
      'nodes/worker-1.yaml': broken,
    });
    expect([state.revision, state.baseRevision]).toEqual(['r2', 'r1']);
    expect(inForce(state, 'acme')).toEqual({ revision: 'r1', problems: [] });
    expect(inForce(state, 'globex').revision).toBeNull();
    expect(state.problems.map(({ path }) => path)).toEqual([
      'nodes/worker-1.yaml',
      'tenants/globex/tenant.yaml',
    ]);
  });

  it('lets a tenant go when its folder is gone, and not while the revision is held', () => {
    const broke = { ...f.base, 'tenantry.yaml': broken };
    expect(history(acme, broke).tenants.get('acme')).not.toBeNull();
    expect([...history(acme, broke, f.base).tenants.keys()]).toEqual([]);
  });

  it('holds a tenant whose tenant.yaml is gone while other files of it are there', () => {
    const { 'tenants/acme/tenant.yaml': _gone, ...rest } = { ...acme, ...f.skill('tenants/acme', 'hours') };
    expect(inForce(history(acme, rest), 'acme').revision).toBe('r1');
  });

  it('does not bring a removed tenant back when it comes again and is broken', () => {
    const state = history(acme, f.base, { ...f.base, 'tenants/acme/tenant.yaml': broken });
    expect(inForce(state, 'acme').revision).toBeNull();
    expect(inForce(state, 'acme').problems).not.toEqual([]);
  });

  it('is nothing while no revision had valid shared files', () => {
    expect(enforce(null, resolve(f.documents({ 'tenantry.yaml': broken }, 'r1')))).toBeNull();
  });
});
