-- Tokens of people and of nodes for the Git server. The token itself is nowhere: only its SHA-256.
create table git_token (
  id text primary key,
  name text not null,
  -- SHA-256 of the token, in hex.
  hash text not null unique,
  -- `read`, `push`
  scopes text[] not null,
  -- Whose it is: the account's id, or the node's name. What he may do is looked up when it is used.
  account text,
  node text,
  created_at bigint not null,
  last_used_at bigint,
  -- Milliseconds since the epoch; null: until it is revoked.
  expires_at bigint,
  check ((account is null) <> (node is null))
);
create index git_token_account on git_token (account);
create index git_token_expires_at on git_token (expires_at);
