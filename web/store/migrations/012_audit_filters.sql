-- The audit is read newest first, by any one of these and by time: each reads no more of it than it shows.
drop index audit_entry_who;
drop index audit_entry_action;
drop index audit_entry_at;
create index audit_entry_at on audit_entry (at, id);
create index audit_entry_who on audit_entry (who, at, id);
create index audit_entry_action on audit_entry (action, at, id);
create index audit_entry_target on audit_entry (target, at, id);
-- Most of what happens is done; what was not is looked for.
create index audit_entry_undone on audit_entry (outcome, at, id) where outcome <> 'done';
