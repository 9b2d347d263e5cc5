-- People who sign in. What they may do is not here: Git says it, by e-mail address.
create table account (
  id text primary key,
  -- Folded: trimmed and in lower case.
  email text not null unique,
  name text not null,
  -- Argon2id, with its parameters.
  password_hash text not null,
  -- Whether he signed up with the setup token: an administrator until Git names one.
  setup boolean not null default false,
  created_at bigint not null
);
-- One for each time somebody signed in. Everything that he was given then ends with it.
create table session (
  id text primary key,
  account_id text not null references account (id) on delete cascade,
  -- `browser`: a cookie; `program`: refresh tokens, of which it is the family.
  kind text not null,
  -- SHA-256 of the cookie, in hex.
  cookie_hash text unique,
  -- Address and name of the client, when it signed in.
  signed_in_from text not null,
  created_at bigint not null,
  seen_at bigint not null,
  -- Not after this, whatever happens.
  expires_at bigint not null,
  ended_at bigint
);
create index session_account on session (account_id);
create table refresh_token (
  -- SHA-256, in hex.
  hash text primary key,
  session_id text not null references session (id) on delete cascade,
  expires_at bigint not null,
  used_at bigint
);
create index refresh_token_session on refresh_token (session_id);
-- What lets somebody sign up: an invitation, or the setup token (which names nobody).
create table invitation (
  hash text primary key,
  email text,
  invited_by text not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
