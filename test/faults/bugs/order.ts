import type { Bug } from './bug.ts';

/** Steps in the wrong order, or left out. */
export const orderBugs: readonly Bug[] = [
  {
    name: 'delete-before-pull',
    edits: [
      {
        file: 'reconciler/plan/tenant.ts',
        find: `    ...(prepare.length > 0 ? [prepare] : []),
    ...core.waves,
`,
        replace: `    ...(roles.main === null || !creates ? [] : [[{ action: 'container.remove', container: refTo(roles.main) } as Step]]),
    ...(prepare.length > 0 ? [prepare] : []),
    ...(creates && roles.main !== null ? replaceContainer(wanted, { ...roles, main: null }, options).waves : core.waves),
`,
      },
    ],
    caughtAt: { workload: 'update', boundary: 'docker', fault: null },
    complaint: /^INV-11: tenant_acme_runtime was stopped before its successor was made/,
  },
  {
    name: 'stop-before-healthy',
    edits: [
      {
        file: 'reconciler/plan/replace.ts',
        find: `        [awaitHealthy(next, options.health, true)],
        [stopStep(refTo(main), options)],
`,
        replace: `        [stopStep(refTo(main), options)],
        [awaitHealthy(next, options.health, true)],
`,
      },
    ],
    caughtAt: { workload: 'rollback', boundary: 'docker', fault: null },
    complaint: /^no healthy copy of acme after "die"/,
  },
  {
    name: 'rename-skipped-after-crash',
    edits: [
      {
        file: 'reconciler/plan/replace.ts',
        find: `[createStep(wanted, name)] : [rename(refTo(reusable), name)];`,
        replace: `[createStep(wanted, name)] : [];`,
      },
    ],
    caughtAt: {
      workload: 'update',
      boundary: 'docker',
      fault: { at: 'DELETE /containers/{id}#1', action: 'kill-between' },
    },
    complaint: /^INV-2: the final state differs: containers\.tenant_acme_runtime is missing/,
  },
  {
    name: 'mass-removal-guard-off',
    edits: [
      {
        file: 'reconciler/plan/guards.ts',
        find: 'if (leaving.length <= allowed) return null;',
        replace: 'if (leaving.length <= allowed + 2) return null;',
      },
    ],
    caughtAt: { workload: 'mass-removal', boundary: 'docker', fault: null },
    complaint: /^INV-9: DELETE \/containers\/\{id\} tenant_acme_runtime#1 while the removal was held/,
  },
  {
    name: 'quarantine-forgotten',
    edits: [
      {
        file: 'reconciler/workers.ts',
        find: "await this.#note(plan.tenant, { quarantine }, 'the quarantine');",
        replace: 'await this.#ports.memory.flush();',
      },
    ],
    caughtAt: { workload: 'rollback', boundary: 'docker', fault: null },
    complaint: /^INV-2: the final state differs: phases\.tenants\.acme\.quarantined is false/,
  },
  {
    name: 'rewritten-history-followed',
    edits: [
      {
        file: 'reconciler/source.ts',
        find: 'if (rewritten && accepted !== null && this.#acceptHistory !== head) {',
        replace: "if (rewritten && accepted !== null && this.#acceptHistory === '') {",
      },
    ],
    caughtAt: {
      workload: 'update',
      boundary: 'git',
      fault: { at: 'GET /info/refs?git-upload-pack#1', action: 'force-push' },
    },
    complaint: /^INV-4: DELETE \/containers\/\{id\} tenant_initech_runtime#1 touches a neighbour/,
  },
  {
    name: 'another-hand-blamed',
    edits: [
      {
        file: 'reconciler/apply/await-healthy.ts',
        find: `    if (error === '' && beginsAgain.has(policy)) throw byAnotherHand(`,
        replace: `    if (error === 'never' && beginsAgain.has(policy)) throw byAnotherHand(`,
      },
    ],
    caughtAt: {
      workload: 'slow-update-stop-first',
      boundary: 'docker',
      fault: { at: 'GET /containers/{id}/json tenant_acme_runtime#4', action: 'meddle-kill' },
    },
    complaint: /^INV-2: the final state differs: phases\.tenants\.acme\.quarantined is true/,
  },
  {
    name: 'unproven-not-mended',
    edits: [{ file: 'reconciler/plan/replace.ts', find: `      ...mend,\n`, replace: '' }],
    caughtAt: {
      workload: 'slow-update-stop-first',
      boundary: 'docker',
      fault: { at: 'GET /containers/{id}/json tenant_acme_runtime#4', action: 'meddle-pause' },
    },
    complaint: /^INV-2: the final state differs: containers\.tenant_acme_runtime\.paused is true/,
  },
];
