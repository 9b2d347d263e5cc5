import type { Bug } from './bug.ts';

/** What must be written down, and be whole. */
export const recordBugs: readonly Bug[] = [
  {
    name: 'lock-not-taken',
    edits: [
      {
        file: 'reconciler/start.ts',
        find: `    if (mode === 'plan') return;
    const held`,
        replace: `    if (mode === 'plan' || key !== '') return;
    const held`,
      },
    ],
    caughtAt: { probe: 'probe-lock.ts' },
    complaint: /^INV-16: two reconcilers act on one node/,
  },
  {
    name: 'token-not-recorded',
    edits: [
      {
        file: 'reconciler/apply/bridge-token.ts',
        find: "  await outcome('asked', '');\n",
        replace: '',
      },
    ],
    caughtAt: { probe: 'probe-token.ts' },
    complaint: /^INV-2: a runtime was asked twice with one token/,
  },
  {
    name: 'reload-not-recorded',
    edits: [
      {
        file: 'reconciler/apply/executors.ts',
        find: '    await files.write(tenant, managedFiles, record.filesPending);',
        replace: '    await files.write(tenant, managedFiles, () => Promise.resolve());',
      },
    ],
    caughtAt: {
      workload: 'prompt',
      boundary: 'docker',
      fault: { at: 'POST /containers/{id}/kill#1', action: 'kill-before' },
    },
    complaint: /^INV-2: the final state differs: loaded\.tenant_acme_runtime/,
  },
  {
    name: 'remount-not-recorded',
    edits: [
      {
        file: 'reconciler/apply/executors.ts',
        find: 'await files.write(tenant, managedFiles, record.filesPending);',
        replace: 'await files.write(tenant, managedFiles, () => record.filesPending(false));',
      },
    ],
    caughtAt: {
      workload: 'lost-folder',
      boundary: 'docker',
      fault: { at: 'POST /containers/{id}/restart#1', action: 'kill-before' },
    },
    complaint: /^INV-2: the final state differs: loaded\.tenant_acme_runtime/,
  },
  {
    name: 'checksum-not-checked',
    edits: [
      {
        file: 'reconciler/adapters/state.ts',
        find: "if (envelope['sha256'] !== checksum(JSON.stringify(envelope['value']))) {",
        replace: "if (envelope['sha256'] === '') {",
      },
    ],
    caughtAt: {
      workload: 'update',
      boundary: 'disk',
      fault: { at: 'damage state/source.json', action: 'flip' },
    },
    complaint: /^INV-2: the final state differs: .*v1\.0\.0.* and should be .*v2\.0\.0/,
  },
  {
    name: 'nothing-done-unwritten',
    edits: [
      {
        file: 'reconciler/reconcile.ts',
        find: '    if (!this.#options.planOnly) await this.#carryOut(',
        replace: `    if (!this.#options.planOnly) await written(memory.flush());
    if (!this.#options.planOnly) await this.#carryOut(`,
      },
    ],
    caughtAt: {
      workload: 'drift',
      boundary: 'disk',
      mode: 'loop',
      fault: { at: 'write state/memory.json#1', action: 'full' },
    },
    complaint: /^INV-15: the loop did not get there by itself: while the disk was full/,
  },
  {
    name: 'document-written-in-place',
    edits: [
      {
        file: 'reconciler/adapters/durable-write.ts',
        find: `  const staged = await stageFile(staging, target, bytes, mode);
  await putInPlace(staged);`,
        replace: `  await rm(target, { force: true });
  await stageFile(target, target, bytes, mode);`,
      },
    ],
    caughtAt: {
      workload: 'update',
      boundary: 'disk',
      fault: { at: 'write state/source.json#1', action: 'kill-half' },
    },
    complaint: /^INV-18: data\/state\/source\.json was torn/,
  },
];
