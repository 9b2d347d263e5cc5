-- Commits of the followed branch, along its first parents, with what became of them. Git holds the commits themselves:
-- what is here beyond them is where they ran.
create table commit_seen (
  oid text primary key,
  -- Grows along the branch: a commit with a larger one stands on one with a smaller one.
  position bigint not null unique,
  parent text,
  author_name text not null,
  author_email text not null,
  subject text not null,
  -- Sentences of the message, without its trailers.
  body jsonb not null,
  -- Kind of edit, from its trailer: `set`, `promote`; null for a commit that somebody made by hand.
  edit text,
  -- Milliseconds since the epoch.
  at bigint not null
);

-- Kept apart: the plan of an edit is there before the branch is read anew.
create table commit_plan (
  oid text primary key,
  plan jsonb not null,
  at bigint not null
);

-- Tenants that a commit touched, and how far each has come.
create table commit_tenant (
  oid text not null references commit_seen (oid) on delete cascade,
  tenant text not null,
  -- Where it is to be; for one that is removed, where it was.
  node text not null,
  -- `wanted`, `removed`, `nothing` (nothing is to be done for it)
  kind text not null,
  -- `waiting`, `applying`, `converged`, `held`, `failed`, `removed`
  state text not null,
  detail text not null,
  at bigint,
  primary key (oid, tenant)
);
create index commit_tenant_tenant on commit_tenant (tenant);

-- What nodes did, plan by plan.
create table tenant_outcome (
  id bigint generated always as identity primary key,
  tenant text not null,
  node text not null,
  revision text,
  -- The newest commit up to that revision that touched the tenant; null when it is not known.
  commit_oid text,
  outcome jsonb not null,
  at bigint not null,
  unique (tenant, node, at)
);
create index tenant_outcome_commit on tenant_outcome (commit_oid, tenant);

-- What ran, from when on: one row whenever any of it became another.
create table tenant_run (
  id bigint generated always as identity primary key,
  tenant text not null,
  node text not null,
  at bigint not null,
  revision text,
  commit_oid text,
  image text,
  image_id text,
  container_id text,
  state text not null,
  phase text not null
);
create index tenant_run_tenant on tenant_run (tenant, at desc);
