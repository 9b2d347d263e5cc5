-- Tokens of people and programs for the Git server. The token itself is nowhere: only its SHA-256.
create table git_token (
  id text primary key,
  name text not null,
  -- SHA-256 of the token, in hex.
  hash text not null unique,
  -- `read`, `push`
  scopes text[] not null,
  -- Whose token it is: the user's id, and who its commits are by.
  user_id text not null,
  created_at bigint not null,
  last_used_at bigint,
  -- Milliseconds since the epoch.
  expires_at bigint not null
);
create index git_token_user on git_token (user_id);
