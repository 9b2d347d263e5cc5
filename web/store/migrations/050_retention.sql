-- Old rows are looked for every hour (web/store/retention.ts): without these, each look would read whole tables.
create index join_token_old on join_token (expires_at);
create index node_outcome_old on node_outcome (received_at);
create index node_event_old on node_event (received_at);
create index session_old on session (expires_at);
create index refresh_token_old on refresh_token (expires_at);
create index invitation_old on invitation (expires_at);
create index commit_plan_old on commit_plan (at);
create index tenant_outcome_old on tenant_outcome (at);
create index tenant_run_old on tenant_run (at);
