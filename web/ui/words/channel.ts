import type { ChannelList } from '../../api/models/platform.ts';

export type Channel = ChannelList['items'][number];

/** How far the pin of a channel has come, in words: what runs it, and what runs something else. */
export function followWords({ tenants, running, images }: Channel): {
  readonly words: string;
  /** Tenants that run another image than the pin, or nothing that is known. */
  readonly others: number;
} {
  const onPin = running[images['runtime'] ?? ''] ?? 0;
  const others = tenants - onPin;
  if (tenants === 0) return { words: 'No tenant follows it', others };
  if (others === 0)
    return {
      words:
        tenants === 1
          ? 'The one tenant runs the pin'
          : `All ${tenants.toLocaleString('en')} tenants run the pin`,
      others,
    };
  return {
    words: `${onPin.toLocaleString('en')} of ${tenants.toLocaleString('en')} tenants run the pin`,
    others,
  };
}

/** What a promotion would copy: the images of one channel that the other has not pinned. */
export function promotable(from: Channel, to: Channel | undefined): string[] {
  return Object.entries(from.images)
    .filter(([name, image]) => to?.images[name] !== image)
    .map(([name]) => name);
}
