import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { NodeView } from '../../../api/models/platform.ts';
import { useMay } from '../../data/may.ts';
import { nodeQuery } from '../../data/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Revision } from '../../parts/commit-line.tsx';
import { Copyable } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PhaseMark } from '../../parts/phase-mark.tsx';
import { Prose } from '../../parts/prose.tsx';
import { Loaded, ProblemList, Stale } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Title } from '../../parts/title.tsx';
import { nodeState } from '../../words/node.ts';
import { phaseOrder } from '../../words/phase.ts';
import { locatedProblems } from '../../words/problem.ts';
import { count } from '../../words/value.ts';
import { Capacity, FullMark } from './capacity.tsx';
import { Holds } from './hold.tsx';
import { JoinDialog } from './join-dialog.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

export function NodePage() {
  const { node: name } = useParams({ from: '/inside/nodes/$node' });
  const query = useQuery(nodeQuery(name));
  const may = useMay();
  const [open, setOpen] = useState<'join' | 'revoke' | null>(null);
  return (
    <div className="space-y-4">
      <Link to="/nodes" className="inline-flex items-center gap-1 text-xs text-dim hover:text-ink">
        <Icon name="back" size={12} /> Nodes
      </Link>
      <Title
        tab={name}
        aside={
          may('nodes') && (
            <>
              {query.data?.enrolled === true && (
                <Button icon="unlink" onClick={() => setOpen('revoke')}>
                  Revoke key
                </Button>
              )}
              <Button icon="plus" onClick={() => setOpen('join')}>
                Join token
              </Button>
            </>
          )
        }
      >
        <Copyable text={name} label="node" plain />
      </Title>
      <Loaded query={query} what={`the node ${name}`} lines={6}>
        {(node) => <Body node={node} mayApprove={may('holds')} />}
      </Loaded>
      {open === 'join' && <JoinDialog node={name} onClose={() => setOpen(null)} />}
      {open === 'revoke' && <RevokeDialog node={name} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Body({ node, mayApprove }: { readonly node: NodeView; readonly mayApprove: boolean }) {
  const { head } = node;
  const { words, tone } = nodeState(node);
  return (
    <>
      {!node.linked && (
        <Stale
          at={node.lastSeen}
          why={
            node.enrolled
              ? 'the node is away. Its tenants run on, and what it has to tell comes when it is back.'
              : 'no machine has joined under this name.'
          }
        />
      )}
      {head?.trouble != null && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm">
          <span className="font-medium text-bad">In trouble </span>since <Ago at={head.trouble.since} />:{' '}
          <Prose text={head.trouble.message} />
        </p>
      )}
      <Holds node={node} may={mayApprove} />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Panel title="Follows Git">
          <Line name="State">
            <span className={tone}>{words}</span>
          </Line>
          <Line name="Enforces">
            {node.revision === null ? 'nothing yet' : <Revision oid={node.revision} />}
          </Line>
          {head !== null && (
            <>
              <Line name="Repository">
                {head.source.state}
                {head.source.detail !== '' && `: ${head.source.detail}`}
              </Line>
              <Line name="Last pass">
                {Math.round(head.lastPass.ms).toLocaleString('en')} ms, {count(head.lastPass.reads, 'read')},{' '}
                {count(head.lastPass.mutations, 'change')}
              </Line>
              <Line name="Docker">
                {head.engine.version} (API {head.engine.apiVersion})
              </Line>
            </>
          )}
          <Line name="Last heard of">
            {node.linked ? 'linked now' : node.lastSeen === null ? 'never' : <Ago at={node.lastSeen} />}
          </Line>
          <Line name="Received">{count(node.outbox.received, 'message')}</Line>
        </Panel>
        <Panel
          title={count(node.tenants, 'tenant')}
          aside={
            <span className="flex items-center gap-3">
              {node.capacity.full && <FullMark />}
              <Link
                to="/tenants"
                search={{ node: node.name }}
                className="text-xs text-accent hover:underline"
              >
                Show them
              </Link>
            </span>
          }
        >
          <Capacity capacity={node.capacity} />
          <ul className="space-y-1.5 text-sm">
            {phaseOrder
              .filter((phase) => (node.phases[phase] ?? 0) > 0)
              .map((phase) => (
                <li key={phase}>
                  <Link
                    to="/tenants"
                    search={{ node: node.name, phase }}
                    className="flex justify-between hover:underline"
                  >
                    <PhaseMark phase={phase} /> <span>{node.phases[phase]}</span>
                  </Link>
                </li>
              ))}
          </ul>
          {node.tenants === 0 && <p className="text-sm text-dim">None lives here yet.</p>}
        </Panel>
      </div>
      {head !== null && head.problems.length > 0 && (
        <Panel title="What it says of the revision">
          <ProblemList problems={locatedProblems(head.problems)} />
        </Panel>
      )}
      {head !== null && head.retained.length > 0 && (
        <Panel title="Volumes of tenants that are gone">
          <p className="mb-2 text-sm text-dim">
            No reconcile deletes data: these stay until somebody removes them on the machine.
          </p>
          <ul className="font-mono text-xs">
            {head.retained.map(({ volume, tenant }) => (
              <li key={volume}>
                <Copyable text={volume} label="volume" /> <span className="text-dim">of {tenant}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <p className="flex gap-3 py-0.5 text-sm">
      <span className="w-24 shrink-0 text-dim">{name}</span>
      <span className="min-w-0">{children}</span>
    </p>
  );
}
