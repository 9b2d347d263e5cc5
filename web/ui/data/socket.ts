import type { ClientMessage, ServerMessage } from '../../api/models/live.ts';

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /** Since when nothing has come. */
  | { readonly state: 'lost'; readonly since: number };

/** What the socket needs of the world; a browser's own parts, but for tests. */
export interface SocketParts {
  readonly open: () => WebSocket;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly now: () => number;
  readonly chance: () => number;
}

export interface LiveSocket {
  /** Wants a topic; several may want the same. Answers how to stop. */
  readonly want: (topic: string) => () => void;
  readonly connection: () => Connection;
  readonly onConnection: (listener: () => void) => () => void;
  /** `again`: messages may have been missed before this connection. */
  readonly onOpen: (listener: (again: boolean) => void) => () => void;
  readonly onMessage: (listener: (message: ServerMessage) => void) => () => void;
  readonly start: () => void;
  /** Opens now what it would open after a while: the network is back, somebody looks again. */
  readonly hurry: () => void;
  readonly close: () => void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/** One socket for all that is live: it opens itself again, with jitter, and asks again for what is wanted. */
export function liveSocket(parts: SocketParts): LiveSocket {
  const wanted = new Map<string, number>();
  const listeners = {
    connection: new Set<() => void>(),
    open: new Set<(again: boolean) => void>(),
    message: new Set<(message: ServerMessage) => void>(),
  };
  let connection: Connection = { state: 'connecting' };
  let socket: WebSocket | null = null;
  let waiting: (() => void) | null = null;
  let failures = 0;
  let opened = false;
  let ended = true;

  const become = (next: Connection): void => {
    if (next.state === connection.state) return;
    connection = next;
    for (const listener of listeners.connection) listener();
  };
  const send = (message: ClientMessage): void => {
    if (socket?.readyState === 1 && message.topics.length > 0) socket.send(JSON.stringify(message));
  };
  const connect = (): void => {
    waiting = null;
    const mine = parts.open();
    socket = mine;
    let heard = false;
    mine.onopen = () => send({ type: 'subscribe', topics: [...wanted.keys()] });
    mine.onmessage = ({ data }) => {
      if (typeof data !== 'string') return;
      // A line on which nothing is said yet may be one that is closed at once.
      if (!heard) {
        heard = true;
        failures = 0;
        become({ state: 'open' });
        for (const listener of listeners.open) listener(opened);
        opened = true;
      }
      const message = JSON.parse(data) as ServerMessage;
      for (const listener of listeners.message) listener(message);
    };
    mine.onclose = () => {
      if (socket !== mine || ended) return;
      become({ state: 'lost', since: parts.now() });
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.5 + parts.chance());
      failures += 1;
      waiting = parts.after(wait, connect);
    };
  };
  const listen = <L>(set: Set<L>, listener: L): (() => void) => {
    set.add(listener);
    return () => set.delete(listener);
  };

  return {
    want(topic) {
      const before = wanted.get(topic) ?? 0;
      wanted.set(topic, before + 1);
      if (before === 0) send({ type: 'subscribe', topics: [topic] });
      let done = false;
      return () => {
        if (done) return;
        done = true;
        const left = (wanted.get(topic) ?? 1) - 1;
        if (left > 0) wanted.set(topic, left);
        else {
          wanted.delete(topic);
          send({ type: 'unsubscribe', topics: [topic] });
        }
      };
    },
    connection: () => connection,
    onConnection: (listener) => listen(listeners.connection, listener),
    onOpen: (listener) => listen(listeners.open, listener),
    onMessage: (listener) => listen(listeners.message, listener),
    start() {
      if (!ended) return;
      ended = false;
      connect();
    },
    hurry() {
      if (waiting === null) return;
      waiting();
      connect();
    },
    close() {
      ended = true;
      waiting?.();
      socket?.close();
      socket = null;
      opened = false;
      become({ state: 'connecting' });
    },
  };
}
