import { QueryClient, type QueryKey } from '@tanstack/react-query';
import { describe, expect, test } from 'vitest';
import type { CommitProgress } from '../../../../web/api/models/edit.ts';
import type { TenantEvent, TenantPage, TenantSummary } from '../../../../web/api/models/tenant.ts';
import { applyMessage } from '../../../../web/ui/data/apply.ts';
import { type EventPages, withEvent } from '../../../../web/ui/data/event-pages.ts';
import { gatherer, readingOf } from '../../../../web/ui/data/gather.ts';
import { type LiveSocket, liveSocket } from '../../../../web/ui/data/socket.ts';
import { tenantsOf } from '../../../support/page-server/fleet.ts';

/** The line of a browser, in the hands of the test. */
class Line {
  readyState = 0;
  readonly sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
    this.onmessage?.({ data: '{"type":"subscribed","topics":[]}' });
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  close(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

interface Wait {
  readonly ms: number;
  readonly run: () => void;
  gone: boolean;
}

/** @param world.now what the clock says */
function made(world = { now: 42 }) {
  const lines: Line[] = [];
  const timers: Wait[] = [];
  /** What is waited for, but for the watch over a line that is open. */
  const waits: Wait[] = [];
  const socket: LiveSocket = liveSocket({
    open: () => {
      const line = new Line();
      lines.push(line);
      return line as unknown as WebSocket;
    },
    after: (ms, run) => {
      const timer = { ms, run, gone: false };
      timers.push(timer);
      if (socket.connection().state === 'lost') waits.push(timer);
      return () => {
        timer.gone = true;
      };
    },
    now: () => world.now,
    chance: () => 0.5,
  });
  /** Lets the one timer that is left run out. */
  const wait = (): number => {
    const [timer, ...others] = timers.splice(0).filter(({ gone }) => !gone);
    if (timer === undefined || others.length > 0) throw new Error('There is not one timer.');
    timer.run();
    return timer.ms;
  };
  return { socket, lines, waits, wait };
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

describe('a line on which nothing is heard', () => {
  test('is asked, and stays while it answers; without an answer it is lost since it was last heard', () => {
    const world = { now: 42 };
    const { socket, lines, wait } = made(world);
    socket.want('tenants');
    socket.start();
    lines[0]?.open();
    world.now += 15_000;
    expect(wait()).toBe(15_000);
    expect(lines[0]?.sent.at(-1)).toEqual({ type: 'ping' });
    lines[0]?.say({ type: 'pong' });
    expect(wait()).toBe(30_000);
    expect(socket.connection()).toEqual({ state: 'open' });
    const heard = world.now;
    world.now += 15_000;
    wait();
    wait();
    expect(socket.connection()).toEqual({ state: 'lost', since: heard });
    // The cut line closes at last, which is no second loss, and the next one is on its way.
    lines[0]?.onclose?.({ code: 1006 });
    expect(wait()).toBe(500);
    expect(lines).toHaveLength(2);
  });

  test('that speaks by itself is not asked', () => {
    const world = { now: 42 };
    const { socket, lines, wait } = made(world);
    socket.start();
    lines[0]?.open();
    for (let turn = 0; turn < 5; turn += 1) {
      world.now += 14_000;
      lines[0]?.say({ type: 'pong' });
      world.now += 1_000;
      wait();
    }
    expect(lines[0]?.sent).toEqual([]);
  });

  test('is asked at once when the network is said to be gone, and given little time', () => {
    const { socket, lines, wait } = made();
    socket.start();
    socket.doubt();
    lines[0]?.open();
    socket.doubt();
    expect(lines[0]?.sent).toEqual([{ type: 'ping' }]);
    expect(wait()).toBe(5_000);
    expect(socket.connection().state).toBe('lost');
  });
});

describe('a line that the server would not have', () => {
  const refusals = (socket: LiveSocket) => {
    const told: string[] = [];
    socket.onRefused(() => told.push(socket.connection().state));
    return told;
  };

  test('because the session or the rights are others is told, at once and once; one that is cut is not', () => {
    const { socket, lines, wait } = made();
    const told = refusals(socket);
    socket.start();
    lines[0]?.open();
    lines[0]?.close(1006);
    expect(told).toEqual([]);
    wait();
    lines[1]?.open();
    lines[1]?.close(4401);
    expect(told).toEqual(['lost']);
  });

  test('because nothing is given yet is told each time, and what opens after it may have missed something', () => {
    const { socket, lines, wait } = made();
    const told = refusals(socket);
    const opened: boolean[] = [];
    socket.onOpen((again) => opened.push(again));
    socket.start();
    lines[0]?.close(1006);
    wait();
    lines[1]?.close(1006);
    expect(told).toHaveLength(2);
    wait();
    lines[2]?.open();
    expect(opened).toEqual([true]);
  });
});

describe('reading again', () => {
  const world = () => {
    const asked: string[] = [];
    const busy = new Set<string>();
    let timers: { ms: number; run: () => void }[] = [];
    const gather = gatherer(
      { read: (key) => asked.push(String(key[0])), busy: (key) => busy.has(String(key[0])) },
      (ms, run) => timers.push({ ms, run }),
    );
    const turn = (): number[] => {
      const due = timers;
      timers = [];
      for (const { run } of due) run();
      return due.map(({ ms }) => ms);
    };
    return { asked, busy, gather, turn };
  };

  test('is soon, then less and less often while more comes, and soon again after a rest', () => {
    const { asked, gather, turn } = world();
    const waited: number[] = [];
    for (let index = 0; index < 8; index += 1) {
      gather(['tenants']);
      gather(['tenants']);
      waited.push(...turn());
    }
    expect(waited).toEqual([300, 600, 1_200, 2_400, 4_800, 9_600, 10_000, 10_000]);
    expect(asked).toHaveLength(8);
    turn();
    expect(turn()).toEqual([]);
    gather(['tenants']);
    expect(turn()).toEqual([300]);
  });

  test('waits for what is being read, and then reads what came meanwhile', () => {
    const { asked, busy, gather, turn } = world();
    busy.add('tenants');
    gather(['tenants'], ['nodes']);
    turn();
    turn();
    expect(asked).toEqual(['nodes']);
    busy.clear();
    turn();
    expect(asked).toEqual(['nodes', 'tenants']);
  });
});

describe('what the socket says', () => {
  const setup = () => {
    const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
    const waiting: (() => void)[] = [];
    const asked: string[] = [];
    const reading = { read: (key: QueryKey) => asked.push(JSON.stringify(key)), busy: () => false };
    const gather = gatherer(reading, (_ms, run) => waiting.push(run));
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

  test('a gap has everything read again, and a hundred gaps as well', () => {
    const { client, gather, asked, flush } = setup();
    for (let index = 0; index < 100; index += 1) applyMessage(client, gather, { type: 'gap' });
    flush();
    expect(asked).toEqual(['[]']);
    const everything = new QueryClient();
    everything.setQueryData(['a'], 1);
    void readingOf(everything, () => Promise.resolve()).read([]);
    expect(everything.getQueryState(['a'])?.isInvalidated).toBe(true);
  });

  describe('of a tenant that is not loaded', () => {
    const begun = { ...page, total: 900, next: 'x' };
    const told = (query: object, tenant: TenantSummary): string[] => {
      const { client, gather, asked, flush } = setup();
      client.setQueryData(['tenants', query], { pages: [begun], pageParams: [null] });
      applyMessage(client, gather, { type: 'tenant', tenant });
      flush();
      return asked.filter((key) => /tenants|counts/.test(key)).toSorted();
    };
    const last = { ...globex, name: 'zeta', since: globex.since + 1, phase: 'InSync' as const };

    test('costs the counts alone while it stays behind what is loaded', () => {
      expect(told({}, last)).toEqual(['["counts"]']);
      expect(told({ sort: 'name' }, last)).toEqual(['["counts"]']);
      expect(told({ phase: 'Failed' }, last)).toEqual(['["counts"]']);
    });

    test('has the rows read again when it belongs among them', () => {
      expect(told({}, { ...last, phase: 'Failed', since: 1 })).toEqual(['["tenants"]']);
      expect(told({ sort: 'name' }, { ...last, name: 'aaa' })).toEqual(['["tenants"]']);
    });
  });

  test('of a tenant moves the overview on, also where no list was ever read', () => {
    const { client, gather, asked, flush } = setup();
    applyMessage(client, gather, { type: 'tenant', tenant: acme });
    flush();
    expect(asked).toContain('["overview"]');
  });

  test('of how much needs a person stands in its place at once', () => {
    const { client, gather } = setup();
    client.setQueryData(['overview'], { waiting: 1 });
    applyMessage(client, gather, { type: 'attention', waiting: 3_000 });
    expect(client.getQueryData(['overview'])).toEqual({ waiting: 3_000 });
  });

  describe('of a commit', () => {
    const progress = (oid: string, at: number, tenants: string[] = []): CommitProgress => ({
      commit: { oid, subject: '', author: { name: '', email: '' }, at },
      body: [],
      edit: null,
      nodes: [],
      tenants: tenants.map((tenant) => ({ tenant, node: 'w', state: 'waiting', detail: '', at: null })),
      affected: 1,
      converged: 0,
    });
    const told = (of: CommitProgress, history: string | null = null) => {
      const { client, gather, asked, flush } = setup();
      client.setQueryData(['history', history], {
        pages: [{ items: [progress('b', 20), progress('a', 10)], next: 'a' }],
        pageParams: [null],
      });
      applyMessage(client, gather, { type: 'progress', progress: of });
      flush();
      return { asked, client };
    };

    test('that the history does not have yet has it read again; one that is older than what is loaded does not', () => {
      expect(told(progress('c', 30)).asked).toContain('["history"]');
      expect(told(progress('0', 5)).asked).not.toContain('["history"]');
      expect(told(progress('b', 20)).asked).not.toContain('["history"]');
    });

    test('stands in the history of a tenant that it touched', () => {
      expect(told(progress('c', 30, ['acme']), 'acme').asked).toContain('["history"]');
      expect(told(progress('c', 30, ['acme']), 'globex').asked).not.toContain('["history"]');
    });

    test('that nobody has read is not taken for all there is to know: it has a plan, perhaps', () => {
      const { asked, client } = told(progress('c', 30));
      expect(client.getQueryData(['commit', 'c'])).toBeUndefined();
      expect(asked).toContain('["commit","c"]');
    });
  });
});
