import { QueryClient } from '@tanstack/react-query';
import { describe, expect, test } from 'vitest';
import type { TenantEvent, TenantPage } from '../../../../web/api/models/tenant.ts';
import { applyMessage } from '../../../../web/ui/data/apply.ts';
import { type EventPages, withEvent } from '../../../../web/ui/data/event-pages.ts';
import { gatherer } from '../../../../web/ui/data/gather.ts';
import { type LiveSocket, liveSocket } from '../../../../web/ui/data/socket.ts';
import { tenantsOf } from '../../../support/page-server/fleet.ts';

/** The line of a browser, in the hands of the test. */
class Line {
  readyState = 0;
  readonly sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
    this.onmessage?.({ data: '{"type":"subscribed","topics":[]}' });
  }
  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

function made(): { socket: LiveSocket; lines: Line[]; waits: { ms: number; run: () => void }[] } {
  const lines: Line[] = [];
  const waits: { ms: number; run: () => void }[] = [];
  const socket = liveSocket({
    open: () => {
      const line = new Line();
      lines.push(line);
      return line as unknown as WebSocket;
    },
    after: (ms, run) => {
      waits.push({ ms, run });
      return () => undefined;
    },
    now: () => 42,
    chance: () => 0.5,
  });
  return { socket, lines, waits };
}

describe('the socket', () => {
  test('asks for what is wanted once, however many want it, and lets go with the last of them', () => {
    const { socket, lines } = made();
    const first = socket.want('tenants');
    socket.start();
    lines[0]?.open();
    const second = socket.want('tenants');
    socket.want('nodes');
    first();
    first();
    expect(lines[0]?.sent).toEqual([
      { type: 'subscribe', topics: ['tenants'] },
      { type: 'subscribe', topics: ['nodes'] },
    ]);
    second();
    expect(lines[0]?.sent.at(-1)).toEqual({ type: 'unsubscribe', topics: ['tenants'] });
  });

  test('opens again after longer and longer waits, asks again, and says that messages may be missing', () => {
    const { socket, lines, waits } = made();
    const opened: boolean[] = [];
    socket.onOpen((again) => opened.push(again));
    socket.want('tenants');
    socket.start();
    lines[0]?.open();
    lines[0]?.close();
    expect(socket.connection()).toEqual({ state: 'lost', since: 42 });
    waits[0]?.run();
    lines[1]?.close();
    waits[1]?.run();
    lines[2]?.open();
    expect(waits.map(({ ms }) => ms)).toEqual([500, 1_000]);
    expect(lines[2]?.sent).toEqual([{ type: 'subscribe', topics: ['tenants'] }]);
    expect(opened).toEqual([false, true]);
    expect(socket.connection()).toEqual({ state: 'open' });
  });

  test('is not open while it is closed before anything was said on it, and waits longer each time', () => {
    const { socket, lines, waits } = made();
    socket.start();
    lines[0]?.close();
    for (let index = 0; index < 3; index += 1) {
      waits.at(-1)?.run();
      lines.at(-1)?.onopen?.();
      lines.at(-1)?.close();
      expect(socket.connection()).toEqual({ state: 'lost', since: 42 });
    }
    expect(waits.map(({ ms }) => ms)).toEqual([500, 1_000, 2_000, 4_000]);
  });

  test('opens at once when it is told that the network is back', () => {
    const { socket, lines } = made();
    socket.start();
    socket.hurry();
    expect(lines).toHaveLength(1);
    lines[0]?.close();
    socket.hurry();
    expect(lines).toHaveLength(2);
  });

  test('stays closed once it was closed on purpose', () => {
    const { socket, lines, waits } = made();
    socket.start();
    lines[0]?.open();
    socket.close();
    expect(waits).toEqual([]);
    expect(socket.connection()).toEqual({ state: 'connecting' });
  });
});

describe('what the socket says', () => {
  const setup = () => {
    const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
    const waiting: (() => void)[] = [];
    const gather = gatherer(client, (_ms, run) => waiting.push(run));
    const asked: string[] = [];
    client.invalidateQueries = async (filters) => {
      asked.push(JSON.stringify(filters?.queryKey ?? 'all'));
    };
    return { client, gather, asked, flush: () => waiting.splice(0).forEach((run) => run()) };
  };
  const [acme, globex] = tenantsOf(2);
  if (acme === undefined || globex === undefined) throw new Error('The fixtures have no tenants.');
  const page: TenantPage = {
    items: [acme, globex],
    total: 2,
    next: null,
    counts: { Drifted: 1, Failed: 1 },
    revision: null,
  };

  test('of a tenant takes its place in the lists at once; counts are asked for only when its phase moved', () => {
    const { client, gather, asked, flush } = setup();
    client.setQueryData(['tenants', {}], { pages: [page], pageParams: [null] });
    applyMessage(client, gather, { type: 'tenant', tenant: { ...acme, reason: 'new' } });
    expect(
      client
        .getQueryData<{ pages: TenantPage[] }>(['tenants', {}])
        ?.pages[0]?.items.map(({ reason }) => reason),
    ).toEqual(['new', globex.reason]);
    flush();
    expect(asked).not.toContain('["tenants"]');
    applyMessage(client, gather, { type: 'tenant', tenant: { ...acme, phase: 'InSync' } });
    flush();
    expect(asked).toContain('["tenants"]');
  });

  test('of a thousand tenants is one question each for what it hints at', () => {
    const { client, gather, asked, flush } = setup();
    client.setQueryData(['tenants', {}], { pages: [page], pageParams: [null] });
    for (let index = 0; index < 1_000; index += 1) {
      applyMessage(client, gather, {
        type: 'tenant',
        tenant: { ...acme, phase: index % 2 === 0 ? 'Held' : 'Failed' },
      });
    }
    flush();
    expect(asked.toSorted()).toEqual([
      '["channels"]',
      '["overview"]',
      '["tenant","acme","drift"]',
      '["tenant","acme","status"]',
      '["tenants"]',
    ]);
  });

  const pages = (...items: number[][]): EventPages => ({
    pageParams: items.map(() => null),
    pages: items.map((ids) => ({ items: ids.map((id) => event(id)), next: '1' })),
  });
  const event = (id: number, type = 'connected'): TenantEvent => ({
    id,
    at: 1,
    node: 'w',
    tenant: 'acme',
    type,
    data: {},
  });
  const idsOf = (read: EventPages | undefined): number[] | undefined =>
    read?.pages.flatMap(({ items }) => items.map(({ id }) => id));

  test('an event comes on top once, also when it is told twice, in the lists of its kind', () => {
    const { client, gather } = setup();
    const key = (kind: string | null) => ['tenant', 'acme', 'events', kind];
    for (const kind of [null, 'pairing', 'container']) client.setQueryData(key(kind), pages([6], [5]));
    applyMessage(client, gather, { type: 'event', event: event(7) });
    applyMessage(client, gather, { type: 'event', event: event(7) });
    const read = (kind: string | null) => idsOf(client.getQueryData<EventPages>(key(kind)));
    expect([read(null), read('pairing'), read('container')]).toEqual([
      [7, 6, 5],
      [7, 6, 5],
      [6, 5],
    ]);
  });

  test('a page that stays open keeps the newest events, and can still read all that came before', () => {
    let read = pages([2], [1]);
    for (let id = 3; id <= 5_001; id += 1) read = withEvent(read, event(id));
    // The last page went, and is where the next one begins.
    expect(idsOf(read)?.at(-1)).toBe(2);
    expect(read.pages.at(-1)?.next).toBe('1');
    for (let id = 5_002; id <= 5_010; id += 1) read = withEvent(read, event(id));
    expect(idsOf(read)?.[0]).toBe(5_010);
    expect(idsOf(read)?.length).toBeLessThan(5_001);
    expect(read.pages.at(-1)?.next).toBe(String(idsOf(read)?.at(-1)));
  });

  test('a code to pair is in its place at once, and in no list', () => {
    const { client, gather } = setup();
    client.setQueryData(['tenant', 'acme', 'status'], { whatsapp: { enabled: true, qr: null } });
    client.setQueryData(['tenant', 'acme', 'events', null], pages([]));
    applyMessage(client, gather, {
      type: 'event',
      event: { id: 0, at: 1, node: 'w', tenant: 'acme', type: 'qr', data: { code: '2@x', expiresAt: 9 } },
    });
    expect(client.getQueryData(['tenant', 'acme', 'status'])).toEqual({
      whatsapp: { enabled: true, qr: { code: '2@x', expiresAt: 9 } },
    });
    expect(client.getQueryData(['tenant', 'acme', 'events', null])).toEqual(pages([]));
  });

  test('of a subscription has that read once more which may have changed before it, each list once', () => {
    const { client, gather, asked, flush } = setup();
    applyMessage(client, gather, { type: 'subscribed', topics: ['commits', 'nodes', 'tenants'] });
    flush();
    expect(asked.toSorted()).toEqual(['["history"]', '["nodes"]', '["overview"]', '["tenants"]']);
    // Of a single tenant the server tells what is now, and a log begins with what was.
    applyMessage(client, gather, { type: 'subscribed', topics: ['tenant:acme', 'logs:acme', 'constructor'] });
    flush();
    expect(asked).toHaveLength(4);
  });

  test('a gap has everything read again', () => {
    const { client, gather, asked } = setup();
    applyMessage(client, gather, { type: 'gap' });
    expect(asked).toEqual(['"all"']);
  });
});
