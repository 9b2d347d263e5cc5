import type { ClientMessage, ServerMessage } from '../../api/models/live.ts';

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /** When something was last heard. */
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
  /** The server would not have this person's line: it ended it so, or a line did not open, which may be for that. */
  readonly onRefused: (listener: () => void) => () => void;
  readonly start: () => void;
  /** Opens now what it would open after a while: the network is back, somebody looks again. */
  readonly hurry: () => void;
  /** The network may be gone: asks whether anybody is there, and does not wait long for the answer. */
  readonly doubt: () => void;
  readonly close: () => void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
/** After so long without a word the server is asked whether it is there, and has so long to answer. */
const QUIET = 15_000;
const ANSWER = 30_000;
const QUICK_ANSWER = 5_000;
/** Close code: sign in again; also when other rights were given. */
const SIGN_IN = 4401;

/** One socket for all that is live: it opens itself again, with jitter, and asks again for what is wanted. */
export function liveSocket(parts: SocketParts): LiveSocket {
  const wanted = new Map<string, number>();
  const listeners = {
    connection: new Set<() => void>(),
    open: new Set<(again: boolean) => void>(),
    message: new Set<(message: ServerMessage) => void>(),
    refused: new Set<() => void>(),
  };
  let connection: Connection = { state: 'connecting' };
  let socket: WebSocket | null = null;
  let waiting: (() => void) | null = null;
  let watching: (() => void) | null = null;
  let failures = 0;
  let opened = false;
  let ended = true;
  let heardAt = 0;
  let answered = true;

  const become = (next: Connection): void => {
    if (next.state === connection.state) return;
    connection = next;
    for (const listener of listeners.connection) listener();
  };
  const send = (message: ClientMessage): void => {
    const empty = message.type !== 'ping' && message.topics.length === 0;
    if (socket?.readyState === 1 && !empty) socket.send(JSON.stringify(message));
  };
  const watch = (ms: number, run: () => void): void => {
    watching?.();
    watching = parts.after(ms, run);
  };
  const rest = (): void =>
    watch(QUIET, () => {
      if (parts.now() - heardAt < QUIET) rest();
      else ask(ANSWER);
    });
  /** Whether an answer came is no matter of clocks: a page in the background wakes up rarely, and hears all the same. */
  const ask = (within: number): void => {
    answered = false;
    send({ type: 'ping' });
    watch(within, () => {
      if (answered) return rest();
      // A line that is silently cut may not close for minutes.
      const cut = socket;
      lost(false);
      cut?.close();
    });
  };
  /** @param refused whether that may be because of who this is */
  const lost = (refused: boolean): void => {
    watching?.();
    watching = null;
    socket = null;
    become({ state: 'lost', since: heardAt });
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.5 + parts.chance());
    failures += 1;
    waiting = parts.after(wait, connect);
    if (refused) for (const listener of listeners.refused) listener();
  };
  const connect = (): void => {
    waiting = null;
    const mine = parts.open();
    socket = mine;
    let heard = false;
    mine.onopen = () => send({ type: 'subscribe', topics: [...wanted.keys()] });
    mine.onmessage = ({ data }) => {
      if (typeof data !== 'string' || socket !== mine) return;
      heardAt = parts.now();
      answered = true;
      // A line on which nothing is said yet may be one that is closed at once.
      if (!heard) {
        heard = true;
        const again = opened || failures > 0;
        failures = 0;
        opened = true;
        become({ state: 'open' });
        rest();
        for (const listener of listeners.open) listener(again);
      }
      const message = JSON.parse(data) as ServerMessage;
      for (const listener of listeners.message) listener(message);
    };
    mine.onclose = ({ code }) => {
      if (socket === mine && !ended) lost(!heard || code === SIGN_IN);
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
    onRefused: (listener) => listen(listeners.refused, listener),
    start() {
      if (!ended) return;
      ended = false;
      heardAt = parts.now();
      connect();
    },
    doubt() {
      if (connection.state === 'open') ask(QUICK_ANSWER);
    },
    hurry() {
      if (waiting === null) return;
      waiting();
      connect();
    },
    close() {
      ended = true;
      waiting?.();
      waiting = null;
      watching?.();
      watching = null;
      socket?.close();
      socket = null;
      opened = false;
      become({ state: 'connecting' });
    },
  };
}
