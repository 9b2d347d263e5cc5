import type { Reply } from './exchange.ts';

/** What an engine has answered to each read, so that an earlier answer can be given again. */
export class EarlierReplies {
  /** Distinct replies to each read, oldest first. */
  readonly #replies = new Map<string, Reply[]>();

  note(url: string, reply: Reply): void {
    if (reply.status !== 200) return;
    const replies = this.#replies.get(url) ?? [];
    const last = replies.at(-1);
    if (last === undefined || !isSame(last, reply)) replies.push(reply);
    this.#replies.set(url, replies);
  }

  /**
   * An earlier reply to the same read that is otherwise than the true one: the last that was given, or the first of all.
   * Null where none is: then the truth is all that can be told.
   */
  otherThan(url: string, truth: Reply, which: 'last' | 'first'): Reply | null {
    const others = (this.#replies.get(url) ?? []).filter((reply) => !isSame(reply, truth));
    return (which === 'last' ? others.at(-1) : others[0]) ?? null;
  }
}

/** Whether two replies tell the same; a list also says since when each runs, in words that age. */
function isSame(one: Reply, other: Reply): boolean {
  return one.status === other.status && ageless(one) === ageless(other);
}

function ageless({ body }: Reply): string {
  const text = body.toString('utf8');
  return text.startsWith('[') ? text.replaceAll(/"Status":"[^"]*",?/g, '') : text;
}
