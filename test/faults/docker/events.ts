import type { IncomingMessage, ServerResponse } from 'node:http';
import { LineSplitter } from '../../../reconciler/adapters/line-splitter.ts';

const longest = 1_000_000;
/** An event that is held back for its successor goes out after so long where none comes. */
const heldMs = 300;

/** Kind, action and name of an event line, for a key; null for what is none. */
export function eventSubject(line: string): string | null {
  const event = JSON.parse(line) as {
    readonly Type?: string;
    readonly Action?: string;
    readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
  };
  if (event.Type === undefined || event.Action === undefined) return null;
  const name = event.Actor?.Attributes?.['name'] ?? event.Actor?.ID ?? '';
  return `${event.Type}/${event.Action.split(':')[0]} ${name}`;
}

/**
 * Passes the engine's events on, line by line.
 *
 * @param actionFor what is to happen to a line: `swallow`, `repeat`, `reorder`, or null
 */
export async function passEvents(
  reply: IncomingMessage,
  response: ServerResponse,
  actionFor: (line: string) => string | null,
): Promise<void> {
  let held: string | null = null;
  const release = (): void => {
    if (held !== null && !response.destroyed) response.write(`${held}\n`);
    held = null;
  };
  const take = (line: string): void => {
    if (line.trim() === '' || response.destroyed) return;
    const action = actionFor(line);
    if (action === 'swallow') return;
    if (action === 'reorder') {
      release();
      held = line;
      setTimeout(release, heldMs).unref();
      return;
    }
    response.write(`${line}\n`);
    if (action === 'repeat') response.write(`${line}\n`);
    release();
  };
  response.writeHead(reply.statusCode ?? 502, { 'content-type': 'application/json' });
  response.flushHeaders();
  response.once('close', () => reply.destroy());
  const lines = new LineSplitter(longest);
  try {
    const chunks: AsyncIterable<Uint8Array> = reply;
    for await (const chunk of chunks) for (const line of lines.push(chunk)) take(line);
  } catch (error) {
    // The reconciler has hung up, or the engine went away: the stream ends either way.
    if (!response.destroyed && !reply.destroyed) throw error;
  }
  response.end();
}
