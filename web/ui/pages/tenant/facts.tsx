import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TenantDetail } from '../../../api/models/tenant.ts';
import { Revision } from '../../parts/commit-line.tsx';
import { Copyable } from '../../parts/copy.tsx';
import { NodeName } from '../../parts/node-name.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Ago } from '../../parts/time.tsx';
import { shortImage } from '../../words/image.ts';

/** What runs, and what Git asks for, line by line. */
export function Facts({ detail }: { readonly detail: TenantDetail }) {
  const { summary, status } = detail;
  const { image, desiredImage } = summary;
  const started = status?.startedAt == null ? null : Date.parse(status.startedAt);
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Panel title="Runs">
        <List>
          <Fact name="State">
            {summary.state === '' ? 'not known' : summary.state}, Git says {summary.desiredState}
          </Fact>
          <Fact name="Health">
            {summary.health.state}
            {summary.health.detail !== '' && <span className="text-dim"> ({summary.health.detail})</span>}
          </Fact>
          <Fact name="Image">
            {image === null ? 'none' : <Copyable text={image} shown={shortImage(image)} label="image" />}
          </Fact>
          {desiredImage !== null && desiredImage !== image && (
            <Fact name="Git wants">
              <Copyable text={desiredImage} shown={shortImage(desiredImage)} label="wanted image" />
            </Fact>
          )}
          {started !== null && !Number.isNaN(started) && started > 0 && (
            <Fact name="Started">
              <Ago at={started} />
            </Fact>
          )}
          {status?.containerId != null && (
            <Fact name="Container">
              <Copyable
                text={status.containerId}
                shown={status.containerId.slice(0, 12)}
                label="container id"
              />
            </Fact>
          )}
          {status?.address != null && (
            <Fact name="Address">
              <Copyable text={status.address} label="address" />
            </Fact>
          )}
          <Fact name="Revision">
            {summary.revision === null ? 'none yet' : <Revision oid={summary.revision} />}
          </Fact>
        </List>
      </Panel>
      <Panel title="In Git">
        <List>
          <Fact name="Owner">{summary.owner}</Fact>
          <Fact name="Node">
            <NodeName node={summary.node} className="text-accent hover:underline" />
          </Fact>
          {summary.channel !== null && (
            <Fact name="Channel">
              <Link
                to="/tenants"
                search={{ channel: summary.channel }}
                className="text-accent hover:underline"
              >
                {summary.channel}
              </Link>
            </Fact>
          )}
          {summary.plan !== null && <Fact name="Plan">{summary.plan}</Fact>}
          {summary.subdomain !== null && (
            <Fact name="Subdomain">
              <Copyable text={summary.subdomain} label="subdomain" />
            </Fact>
          )}
          {detail.volumes.length > 0 && (
            <Fact name="Volumes">
              {detail.volumes.map(({ name, mountPath }, index) => (
                <span key={name}>
                  {index > 0 && ', '}
                  <Copyable text={name} label="volume" /> at <Copyable text={mountPath} label="mount path" />
                </span>
              ))}
            </Fact>
          )}
          {detail.secrets.length > 0 && (
            <Fact name="Secrets">
              {detail.secrets.map((name, index) => (
                <span key={name}>
                  {index > 0 && ', '}
                  <Copyable text={name} label="secret's name" />
                </span>
              ))}{' '}
              <span className="text-dim">(values are encrypted)</span>
            </Fact>
          )}
          {Object.entries(summary.labels).map(([key, value]) => (
            <Fact key={key} name={key}>
              <Link
                to="/tenants"
                search={{ label: `${key}=${value}` }}
                className="text-accent hover:underline"
              >
                {value === '' ? '(empty)' : value}
              </Link>
            </Fact>
          ))}
        </List>
      </Panel>
    </div>
  );
}

function List({ children }: { readonly children: ReactNode }) {
  return <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-sm">{children}</dl>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="truncate text-dim">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
