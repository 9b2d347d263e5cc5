import type { Bug } from './bug.ts';

/** What is whose, and what nobody may see. */
export const ownershipBugs: readonly Bug[] = [
  {
    name: 'label-forgotten',
    edits: [
      {
        file: 'renderers/container.ts',
        find: '      [label.tenant]: tenant.name,\n',
        replace: '',
      },
    ],
    caughtAt: { workload: 'create', boundary: 'docker', fault: null },
    complaint:
      /^INV-2: the final state differs: containers\.tenant_acme_runtime\.config\.Labels\.dev\.tenantry\.tenant is missing/,
  },
  {
    name: 'stranger-adopted',
    edits: [
      {
        file: 'reconciler/observe/observer.ts',
        find: 'function isOurs({ Labels: labels }: Listed, owner: Owner): boolean {',
        replace:
          'function isOurs({ Labels: labels, Names: names }: Listed, owner: Owner): boolean {\n  if (names.some((name) => /^.tenant_.*_runtime$/.test(name))) return true;',
      },
      {
        file: 'reconciler/observe/observer.ts',
        find: "return container.spec.labels[label.tenant] ?? '';",
        replace:
          "return container.spec.labels[label.tenant] ?? container.name.replace(/^tenant_(.*)_runtime$/, '$1');",
      },
      {
        file: 'reconciler/observe/observer.ts',
        find: ".filter(({ Labels }) => names.has(Labels?.[label.tenant] ?? ''))",
        replace: '',
      },
      {
        file: 'reconciler/observe/containers.ts',
        find: 'if (inspect.Config.Labels?.[label.tenant] !== tenant) throw contradiction(summary);',
        replace: '',
      },
      {
        file: 'reconciler/plan/conflicts.ts',
        find: 'return [...strangers(input), ...foreignVolumes(input)];',
        replace: 'return foreignVolumes(input);',
      },
    ],
    caughtAt: {
      workload: 'update',
      boundary: 'docker',
      mode: 'loop',
      fault: { at: 'GET /containers/json#1', action: 'meddle-take-name' },
    },
    complaint: /^INV-20: DELETE \/containers\/\{id\} tenant_acme_runtime#1 touches what is not ours/,
  },
  {
    name: 'volumes-removed-with-container',
    edits: [
      {
        file: 'reconciler/adapters/docker.ts',
        find: "method: 'DELETE', path, query: { force } }",
        replace: "method: 'DELETE', path, query: { force, v: true } }",
      },
    ],
    caughtAt: { workload: 'remove', boundary: 'docker', fault: null },
    complaint: /^INV-5: DELETE \/containers\/\{id\} tenant_acme_runtime#1 deletes anonymous volumes/,
  },
  {
    name: 'secret-in-label',
    edits: [
      {
        file: 'reconciler/apply/create-body.ts',
        find: 'Labels: { ...spec.labels, ...madeWith(spec), [label.spec]: specHash, [label.revision]: revision },',
        replace:
          "Labels: { ...spec.labels, ...madeWith(spec), [label.spec]: specHash, [label.revision]: revision, 'dev.example.secrets': [...secrets.values()].join() },",
      },
    ],
    caughtAt: { workload: 'create', boundary: 'docker', fault: null },
    complaint: /^INV-22: a secret in containers' settings/,
  },
  {
    name: 'secret-in-log',
    edits: [
      {
        file: 'reconciler/workers.ts',
        find: 'log.info({ tenant: plan.tenant, revision: plan.revision }, describeStep(step));',
        replace:
          "log.info({ tenant: plan.tenant, secrets: [...context.secrets.values()].map((value) => Buffer.from(value).toString('base64')) }, describeStep(step));",
      },
    ],
    caughtAt: { workload: 'create', boundary: 'docker', fault: null },
    complaint: /^INV-22: a secret in logs, plans and statuses, as base64/,
  },
  {
    name: 'neighbour-restarted',
    edits: [
      {
        file: 'reconciler/plan/in-place.ts',
        find: 'if (rewritten.length === 0 && !memory.reloadPending) return [];',
        replace:
          "if (rewritten.length === 0 && memory.applied?.revision !== input.revision) return [[{ action: 'container.restart', container, timeoutSeconds: 1 }]];\n  if (rewritten.length === 0 && !memory.reloadPending) return [];",
      },
    ],
    caughtAt: { workload: 'update', boundary: 'docker', fault: null },
    complaint: /^INV-4: POST \/containers\/\{id\}\/restart tenant_globex_runtime#1 touches a neighbour/,
  },
];
