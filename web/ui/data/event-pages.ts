import type { InfiniteData } from '@tanstack/react-query';
import type { EventPage, TenantEvent } from '../../api/models/tenant.ts';

export type EventPages = InfiniteData<EventPage, string | null>;

/** Events that stay on the page; what is older is read again when somebody asks for it. */
const MOST = 5_000;

/** What has been read, with an event that happened since on top; the same when it is known already. */
export function withEvent(read: EventPages, event: TenantEvent): EventPages {
  const [first, ...others] = read.pages;
  if (first === undefined || read.pages.some(({ items }) => items.some(({ id }) => id === event.id)))
    return read;
  const pages = [{ ...first, items: [event, ...first.items] }, ...others];
  const last = others.at(-1) ?? first;
  const count = pages.reduce((sum, { items }) => sum + items.length, 0);
  if (count <= MOST) return { ...read, pages };
  if (others.length > 0)
    // The oldest page goes, and is where the next one begins.
    return {
      pages: pages.slice(0, -1),
      pageParams: read.pageParams.slice(0, -1),
    };
  const items = [event, ...last.items].slice(0, MOST / 2);
  return { ...read, pages: [{ items, next: String(items.at(-1)?.id ?? '') }] };
}
