import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTopics } from '../../data/live.ts';
import { useMay } from '../../data/may.ts';
import { channelsQuery } from '../../data/queries.ts';
import { useEdits } from '../../edit/edits.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Title } from '../../parts/title.tsx';
import type { Channel } from '../../words/channel.ts';
import { ChannelPanel } from './channel-panel.tsx';
import { PinDialog } from './pin-dialog.tsx';

/** Which build is pinned where, and who runs it? */
export function ChannelsPage() {
  useTopics('tenants');
  const query = useQuery(channelsQuery);
  const may = useMay()('channels');
  const edits = useEdits();
  const [pinning, setPinning] = useState<Channel | null>(null);
  const base = query.data?.base ?? null;
  const promote = (from: string, to: string): void =>
    edits.open({
      title: `Promote ${from} to ${to}`,
      method: 'POST',
      path: '/v1/channels/promote',
      body: { from, to },
      base,
      verb: 'Commit promotion',
    });
  return (
    <div className="space-y-5">
      <Title>Channels</Title>
      <p className="max-w-prose text-sm text-dim">
        A channel pins images by tag or digest; tenants that follow it run them. A pin or a promotion is a
        commit, whose plan says which tenants it touches and for how long.
      </p>
      <Loaded query={query} what="the channels" lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="panel">
              <Empty title="No channels yet">
                Push <code>channels/NAME.yaml</code>; tenants name it as their <code>channel</code>.
              </Empty>
            </div>
          ) : (
            items.map((channel) => (
              <ChannelPanel
                key={channel.name}
                channel={channel}
                target={items.find(({ name }) => name === channel.promotesTo)}
                {...(may ? { onPin: () => setPinning(channel), onPromote: promote } : {})}
              />
            ))
          )
        }
      </Loaded>
      {pinning !== null && <PinDialog channel={pinning} base={base} onClose={() => setPinning(null)} />}
    </div>
  );
}
