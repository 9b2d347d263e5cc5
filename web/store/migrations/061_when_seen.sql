-- When the control node wrote these down: a commit's own time is whatever its author says. Rows that are there count from now.
alter table commit_seen add column seen_at bigint;
update commit_seen set seen_at = (extract(epoch from now()) * 1000)::bigint;
alter table commit_seen alter column seen_at set not null;
create index commit_seen_old on commit_seen (seen_at);
alter table commit_tenant add column seen_at bigint;
update commit_tenant set seen_at = (extract(epoch from now()) * 1000)::bigint;
alter table commit_tenant alter column seen_at set not null;
create index commit_tenant_old on commit_tenant (seen_at);
-- When something of an outbox was taken last.
alter table node_outbox add column accepted_at bigint;
update node_outbox set accepted_at = (extract(epoch from now()) * 1000)::bigint;
alter table node_outbox alter column accepted_at set not null;
create index node_outbox_old on node_outbox (accepted_at);
