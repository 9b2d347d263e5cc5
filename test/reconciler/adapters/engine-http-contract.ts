import { afterAll, beforeAll, describe } from 'vitest';
import { RawClient } from '../../support/raw-engine.ts';
import { containersContract } from './engine-http/containers.ts';
import { eventsContract } from './engine-http/events.ts';
import { imagesContract } from './engine-http/images.ts';
import { lifecycleContract } from './engine-http/lifecycle.ts';
import { networksContract } from './engine-http/networks.ts';
import { type HttpEngine, httpSuite } from './engine-http/suite.ts';
import { volumesContract } from './engine-http/volumes.ts';
import { wireContract } from './engine-http/wire.ts';

/** What an engine says on the wire, real or double: statuses, bodies, filters, streams. */
export function engineHttpContract(name: string, makeEngine: () => Promise<HttpEngine>): void {
  describe(`${name} speaks the Engine API`, () => {
    let engine: HttpEngine;
    let raw: RawClient;
    beforeAll(async () => {
      engine = await makeEngine();
      raw = new RawClient(engine.socket);
    });
    afterAll(() => raw.close());
    const suite = httpSuite(
      () => engine,
      () => raw,
    );
    containersContract(suite);
    lifecycleContract(suite);
    networksContract(suite);
    volumesContract(suite);
    imagesContract(suite);
    eventsContract(suite);
    wireContract(suite);
  });
}
