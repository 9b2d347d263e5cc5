import type { Bug } from './bug.ts';

/** Failures that are hidden instead of told. */
export const hiddenBugs: readonly Bug[] = [
  {
    name: 'empty-list-believed',
    edits: [
      {
        file: 'reconciler/observe/observer.ts',
        find: 'this.#docker.listContainers(),',
        replace: 'this.#docker.listContainers().catch((): Listed[] => []),',
      },
    ],
    caughtAt: {
      workload: 'remove',
      boundary: 'docker',
      // A list that is refused is asked for once more; one that hangs is not.
      fault: { at: 'GET /containers/json#1', action: 'hang' },
    },
    complaint: /^INV-4: POST \/containers\/create tenant_(initech|globex)_runtime#1 touches a neighbour/,
  },
  {
    name: 'unseen-taken-for-absent',
    edits: [
      {
        file: 'reconciler/observe/containers.ts',
        find: 'failed.set(tenantOf(summary), error);',
        replace: '',
      },
    ],
    caughtAt: {
      workload: 'update',
      boundary: 'docker',
      // Of the neighbour nothing is asked: to make it again is to touch it.
      fault: { at: 'GET /containers/{id}/json tenant_globex_runtime#1', action: 'status-500' },
    },
    complaint: /^INV-4: POST \/containers\/create tenant_globex_runtime#1 touches a neighbour/,
  },
  {
    name: 'conflict-swallowed',
    edits: [
      {
        file: 'reconciler/adapters/docker-http.ts',
        find: '      if (isFailure(reply)) throw replyError(request.what, reply.statusCode ?? 0, body);\n      return body',
        replace:
          '      if (isFailure(reply) && reply.statusCode !== 409) throw replyError(request.what, reply.statusCode ?? 0, body);\n      return body',
      },
    ],
    caughtAt: {
      workload: 'update',
      boundary: 'docker',
      fault: { at: 'POST /containers/{id}/start#1', action: 'status-409' },
    },
    complaint: /^INV-2: the final state differs: phases\.tenants\.acme\.quarantined is true/,
  },
  {
    name: 'broken-tenant-pruned',
    edits: [
      {
        file: 'reconciler/plan/node.ts',
        find: 'return entry !== undefined && (entry.desired === null',
        replace: 'return entry !== undefined && entry.problems.length === 0 && (entry.desired === null',
      },
    ],
    caughtAt: { workload: 'broken', boundary: 'docker', fault: null },
    complaint: /^INV-11: tenant_acme_runtime was stopped before its successor was made/,
  },
  {
    name: 'created-again-without-looking',
    edits: [
      {
        file: 'reconciler/apply/executors.ts',
        find: 'const { id } = await context.docker.createContainer(step.name, body);',
        replace:
          'const { id } = await context.docker.createContainer(step.name, body).catch(() => context.docker.createContainer(`${step.name}_again`, body));',
      },
    ],
    caughtAt: {
      workload: 'update',
      boundary: 'docker',
      fault: { at: 'POST /containers/create#1', action: 'drop-reply' },
    },
    complaint: /^INV-2: acme has 3 containers/,
  },
];
