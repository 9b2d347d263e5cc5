import type { FastifyRequest } from 'fastify';
import { repeats } from '../http/repeats.ts';
import { fromOf } from '../http/trail.ts';
import type { Log } from '../log.ts';
import type { Audit, Caller } from '../ports.ts';

/**
 * Keeps in the audit what was refused at a socket, as a refused question is kept: the same to the same one once a minute.
 */
export function refusedTopics(
  audit: Audit,
  log: Log,
  now: () => number,
): (request: FastifyRequest, caller: Caller, topic: string, why: string) => void {
  const isRepeated = repeats();
  return (request, { person }, topic, why) => {
    const entry = {
      who: person.email,
      action: 'live',
      target: topic.slice(0, 200),
      outcome: 'refused',
      reason: `live/topic: ${why}`.slice(0, 500),
      from: fromOf(request),
    } as const;
    if (isRepeated(entry, now())) return;
    audit.record(entry).catch((err: unknown) => log.error({ err }, 'an audit entry was not written'));
  };
}
