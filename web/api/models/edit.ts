import Type, { type Static } from 'typebox';
import { change, problem, refusal } from '../../../schemas/link/status.ts';
import { commitRef, oid, orNull, text, word } from './common.ts';

/** What one tenant's nodes will do about an edit, in the words that the node itself will use. */
export const tenantPlanView = Type.Object({
  tenant: text,
  node: text,
  changes: Type.Array(change),
  /** Sentences of the steps, wave by wave. */
  waves: Type.Array(Type.Array(text)),
  rollback: Type.Array(text),
  refusals: Type.Array(refusal),
  cost: Type.Object({
    interruption: word(['none', 'down', 'new']),
    seconds: Type.Number(),
    text,
  }),
});

export const planView = Type.Object({
  /** Tenants for which anything is to be done, at most `shown` of them. */
  tenants: Type.Array(tenantPlanView),
  affected: Type.Integer(),
  untouched: Type.Integer(),
  holds: Type.Array(text),
  /** How old the observed state is that the plan was made from, by node; null where the node never published one. */
  snapshots: Type.Array(Type.Object({ node: text, at: orNull(Type.Number()), linked: Type.Boolean() })),
});

/** What every edit takes beside its own fields. */
export const editQuery = Type.Object({
  propose: Type.Optional(
    Type.Boolean({
      description: 'Commit to a branch instead (and open a pull request where that is set up).',
    }),
  ),
  'dry-run': Type.Optional(Type.Boolean({ description: 'Answer the preview (200) and commit nothing.' })),
});

/** `?dry-run=true`: 200. Problems do not make it fail: an editor shows them beside the text. */
export const preview = Type.Object({
  base: oid,
  subject: text,
  files: Type.Array(Type.Object({ path: text, before: orNull(text), after: orNull(text) })),
  problems: Type.Array(problem),
  plan: orNull(planView),
});

/** 202 of every change. `commit` is null when there was nothing to do. */
export const accepted = Type.Object({
  commit: orNull(oid),
  parent: oid,
  branch: text,
  subject: text,
  body: Type.Array(text),
  plan: orNull(planView),
  proposal: orNull(
    Type.Object({
      branch: text,
      url: orNull(text),
      problem: orNull(Type.String({ description: 'Why there is no pull request although one was wanted.' })),
    }),
  ),
  follow: Type.Object({ commit: orNull(text), socket: text }),
});

/** Where a commit is, tenant by tenant. */
export const commitProgress = Type.Object({
  commit: commitRef,
  body: Type.Array(text),
  edit: orNull(Type.String({ description: 'Kind of edit, from the commit: `set`, `promote`, …' })),
  nodes: Type.Array(
    Type.Object({
      node: text,
      state: word(['waiting', 'seen', 'converged', 'held', 'failed', 'away']),
      revision: orNull(oid),
      at: orNull(Type.Number()),
    }),
  ),
  tenants: Type.Array(
    Type.Object({
      tenant: text,
      node: text,
      state: word(['waiting', 'applying', 'converged', 'held', 'failed', 'removed']),
      detail: text,
      at: orNull(Type.Number()),
    }),
  ),
  affected: Type.Integer(),
  converged: Type.Integer(),
});

/** What ran for a tenant at a moment. */
export const tenantRun = Type.Object({
  node: text,
  /** Since when exactly this ran. */
  at: Type.Number(),
  revision: orNull(text),
  /** The newest commit up to that revision that touched the tenant. */
  commit: orNull(oid),
  image: orNull(text),
  imageId: orNull(text),
  containerId: orNull(text),
  state: text,
  phase: text,
});

/** `GET /v1/commits/{oid}` */
export const historyItem = Type.Intersect([
  commitProgress,
  Type.Object({
    plan: orNull(planView),
    outcomes: Type.Array(Type.Unknown({ description: 'What the nodes did for it; see `outcome`.' })),
    ownFiles: Type.Optional(
      Type.Boolean({
        description:
          "In a tenant's history: whether it changed the tenant's own files, so that there is another state of them to go back to. What reached it from a channel or the library has none.",
      }),
    ),
  }),
]);

/** `GET /v1/commits/{oid}/files`: what it changed, as far as the caller may see it. */
export const commitFiles = Type.Object({
  parent: orNull(oid),
  total: Type.Integer({ description: 'How many it changed that the caller may see; `items` has an end.' }),
  items: Type.Array(
    Type.Object({
      path: text,
      kind: word(['added', 'changed', 'removed']),
      /** Null where it was not there, or where `without` says why there is no text. */
      before: orNull(text),
      after: orNull(text),
      without: orNull(word(['secret', 'too-long'])),
    }),
  ),
});

/** `GET /v1/history` and `GET /v1/tenants/{id}/history` */
export const historyPage = Type.Object({
  items: Type.Array(historyItem),
  next: orNull(text),
  ran: Type.Optional(orNull(tenantRun)),
});

export type TenantPlanView = Static<typeof tenantPlanView>;
export type PlanView = Static<typeof planView>;
export type Preview = Static<typeof preview>;
export type Accepted = Static<typeof accepted>;
export type CommitProgress = Static<typeof commitProgress>;
export type CommitFiles = Static<typeof commitFiles>;
export type CommitFile = CommitFiles['items'][number];
export type TenantRun = Static<typeof tenantRun>;
export type HistoryPage = Static<typeof historyPage>;
