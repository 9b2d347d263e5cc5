import { expect } from 'vitest';
import { containerBody } from '../../../support/docker-bodies.ts';
import type { RawClient, RawReply } from '../../../support/raw-engine.ts';

export interface HttpEngine {
  readonly socket: string;
  /** An image that is on the engine and whose command runs until it is told to end. */
  readonly image: string;
  /** Begins every name that the suite gives, so that the caller can remove what it made. */
  readonly prefix: string;
  /** An image and a command that ends at once with an error. */
  readonly crashing: { readonly Image: string; readonly Cmd?: readonly string[] };
  /** A reference that its registry has, and one that it has not. */
  readonly pullable: string;
  readonly absent: string;
}

/** What the tests of one engine share. The engine is there once the tests run. */
export type HttpSuite = ReturnType<typeof httpSuite>;

export function httpSuite(engine: () => HttpEngine, raw: () => RawClient) {
  let count = 0;
  const get = (path: string) => raw().ask('GET', path);
  const post = (path: string, body?: object) => raw().ask('POST', path, body);
  const remove = (path: string) => raw().ask('DELETE', path);
  const create = async (name: string, parts: object = {}, host: object = {}): Promise<string> => {
    const body = { ...containerBody(engine().image, {}, host), ...parts };
    const reply = await post(`/containers/create?name=${name}`, body);
    expect(reply).toMatchObject({ status: 201, body: { Warnings: [] } });
    return field(reply, 'Id');
  };
  const running = async (name: string, parts: object = {}, host: object = {}): Promise<string> => {
    const id = await create(name, parts, host);
    expect((await post(`/containers/${id}/start`)).status).toBe(204);
    return id;
  };
  const fresh = () => `${engine().prefix}-http-${(count += 1)}`;
  return { engine, raw, get, post, remove, create, running, fresh };
}

/** A refusal, to compare with. */
export function message(status: number, text: string): { readonly status: number; readonly body: object } {
  return { status, body: { message: text } };
}

export function filtered(filters: object): string {
  return `filters=${encodeURIComponent(JSON.stringify(filters))}`;
}

/** What is at `keys` inside of a value; undefined where there is nothing. */
export function dig(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? Object.entries(inner).find(([name]) => name === key)?.[1]
        : undefined,
    value,
  );
}

export function field(reply: RawReply, key: string): string {
  return String(dig(reply.body, key));
}

export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value;
}

/** The containers' names, without their slash. */
export function namesOf(reply: RawReply): readonly string[] {
  return listOf(reply.body).map((entry) => String(listOf(dig(entry, 'Names'))[0]).slice(1));
}

export function volumesOf(reply: RawReply): readonly string[] {
  return listOf(dig(reply.body, 'Volumes') ?? []).map((entry) => String(dig(entry, 'Name')));
}

/** The actions of events, one a line. */
export function actionsOf(lines: string): readonly string[] {
  const events = lines.split('\n').filter((line) => line !== '');
  return events.map((line) => String(dig(JSON.parse(line), 'Action')));
}

/** Of `registry:5000/name:tag`, the name and the tag. */
export function splitTag(ref: string): readonly string[] {
  const colon = ref.lastIndexOf(':');
  return [ref.slice(0, colon), ref.slice(colon + 1)];
}
