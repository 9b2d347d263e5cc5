-- Nodes that were given a join token, and what they say of themselves.
create table node (
  name text primary key,
  -- Ed25519, as the `x` of its JWK; null until it enrols, and again when its key is revoked.
  public_key text,
  enrolled_at bigint,
  -- What it last said of itself, without its tenants, and when.
  head jsonb,
  head_at bigint,
  last_seen bigint
);
-- One-time tokens that are exchanged for the enrolment of a node's key.
create table join_token (
  -- SHA-256, in hex.
  hash text primary key,
  node text not null,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  -- The key that it was exchanged for: the same exchange again is answered alike.
  used_key text
);
-- The last number of each outbox that is in the store: written with the entry itself.
create table node_outbox (
  node text not null,
  outbox text not null,
  accepted bigint not null,
  primary key (node, outbox)
);
create table tenant_status (
  node text not null,
  tenant text not null,
  -- Its own column: a commit that leaves a tenant alone moves it and nothing else.
  revision text,
  status jsonb not null,
  at bigint not null,
  primary key (node, tenant)
);
create table node_outcome (
  id bigint generated always as identity primary key,
  node text not null,
  tenant text not null,
  revision text,
  at bigint not null,
  outcome jsonb not null,
  -- By this machine's clock.
  received_at bigint not null
);
create index node_outcome_tenant on node_outcome (tenant, id desc);
create index node_outcome_revision on node_outcome (revision);
create table node_event (
  id bigint generated always as identity primary key,
  node text not null,
  tenant text,
  at bigint not null,
  type text not null,
  data jsonb not null,
  -- What is told twice is kept once.
  once text,
  received_at bigint not null,
  unique (node, once)
);
create index node_event_tenant on node_event (tenant, id desc);
-- Pieces of the newest snapshot of each node; the piece that its tenants share has the tenant ''.
create table snapshot_piece (
  node text not null,
  tenant text not null,
  -- sha256 of the canonical JSON, in hex.
  digest text not null,
  value jsonb not null,
  at bigint not null,
  primary key (node, tenant)
);
create index snapshot_piece_tenant on snapshot_piece (tenant);
