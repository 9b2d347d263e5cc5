import { formatEvent } from './bridge-events.mjs';

const keepAliveMs = 15_000;

/**
 * Answers with server-sent events until the listener goes away: what is kept after `Last-Event-ID`, then what comes.
 *
 * @param {import('./bridge.mjs').Bridge} bridge
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @returns {null}
 */
export function streamEvents(bridge, request, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': the reference bridge\n\n');
  const unsubscribe = bridge.subscribe(lastEventId(request), (event) => response.write(formatEvent(event)));
  const keepAlive = setInterval(() => response.write(': still here\n\n'), keepAliveMs);
  response.once('close', () => {
    clearInterval(keepAlive);
    unsubscribe();
  });
  return null;
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {number | null} null without a usable header
 */
function lastEventId(request) {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
