-- Who did what, or was refused.
create table audit_entry (
  id bigint generated always as identity primary key,
  at bigint not null,
  who text not null,
  action text not null,
  target text not null,
  -- `done`, `refused`, `failed`
  outcome text not null,
  reason text not null,
  -- Address and name of the client.
  sent_from text not null,
  commit_oid text
);
create index audit_entry_at on audit_entry (at);
create index audit_entry_who on audit_entry (who, id);
create index audit_entry_action on audit_entry (action, id);
