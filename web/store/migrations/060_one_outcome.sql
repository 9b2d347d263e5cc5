-- Outcomes were kept twice: as they came over the link, and by commit, which a crash in between could miss.
-- The newest commit up to the outcome's revision that touched the tenant; null until it is known.
alter table node_outcome add column commit_oid text;
update node_outcome set commit_oid = tenant_outcome.commit_oid from tenant_outcome
where node_outcome.tenant = tenant_outcome.tenant and node_outcome.node = tenant_outcome.node
  and node_outcome.at = tenant_outcome.at;
drop table tenant_outcome;
create index node_outcome_commit on node_outcome (commit_oid, tenant);
create index node_outcome_open on node_outcome (tenant) where commit_oid is null;
