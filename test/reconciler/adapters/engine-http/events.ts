import { describe, expect, test } from 'vitest';
import { networkBody } from '../../../support/docker-bodies.ts';
import { eventually } from '../eventually.ts';
import { actionsOf, field, filtered, type HttpSuite } from './suite.ts';

/**
 * What an engine tells, each pause and its end once. A dockerd hears of a pause from its containerd as well: when it has
 * unpaused before it hears, it takes that for a new pause, and tells it and its end again.
 */
function withoutEcho(actions: readonly string[]): readonly string[] {
  return actions.filter(
    (action, at) => !(['pause', 'unpause'].includes(action) && actions.indexOf(action) !== at),
  );
}

export function eventsContract({ engine, raw, fresh, get, post, remove, create, running }: HttpSuite): void {
  describe('events', () => {
    test('tell what other hands do, filtered, also those since a moment', async () => {
      const began = Date.now() / 1000 - 1;
      const label = fresh();
      const only = filtered({ type: ['container'], label: [`suite=${label}`] });
      const stream = await raw().open('GET', `/events?${only}`);
      let received = '';
      stream.setEncoding('utf8').on('data', (text: string) => (received += text));
      const id = await running(label, { Labels: { suite: label } });
      await create(fresh());
      await post(`/containers/${id}/kill?signal=SIGHUP`);
      await post(`/containers/${id}/rename?name=${fresh()}`);
      await post(`/containers/${id}/pause`);
      await post(`/containers/${id}/unpause`);
      await remove(`/containers/${id}?force=1`);
      const seen = () => withoutEcho(actionsOf(received));
      const expected = ['create', 'start', 'kill', 'rename', 'pause', 'unpause', 'kill', 'die', 'destroy'];
      await eventually(seen).toEqual(expected);
      stream.destroy();
      const [first] = received.split('\n');
      expect(JSON.parse(first ?? '')).toMatchObject({
        Type: 'container',
        Action: 'create',
        status: 'create',
        id,
        from: engine().image,
        Actor: { ID: id, Attributes: { suite: label, name: label, image: engine().image } },
        scope: 'local',
      });
      const until = Date.now() / 1000;
      const past = await get(`/events?since=${began}&until=${until}&${only}`);
      const told = typeof past.body === 'string' ? past.body : JSON.stringify(past.body);
      expect(withoutEcho(actionsOf(told))).toEqual(seen());
    });

    test('of volumes and networks name what they are about', async () => {
      const network = fresh();
      const body = networkBody(network);
      const only = filtered({ type: ['network', 'volume'] });
      const stream = await raw().open('GET', `/events?${only}`);
      let received = '';
      stream.setEncoding('utf8').on('data', (text: string) => (received += text));
      const networkId = field(await post('/networks/create', body), 'Id');
      await post('/volumes/create', { Name: `${network}-data` });
      await remove(`/volumes/${network}-data`);
      await remove(`/networks/${network}`);
      const mine = () =>
        received
          .split('\n')
          .filter((line) => line.includes(network))
          .map((line): unknown => JSON.parse(line));
      await eventually(() => mine().length).toBe(4);
      stream.destroy();
      expect(mine()).toMatchObject([
        { Type: 'network', Action: 'create', Actor: { ID: networkId, Attributes: { name: network } } },
        { Type: 'volume', Action: 'create', Actor: { ID: `${network}-data` } },
        { Type: 'volume', Action: 'destroy' },
        { Type: 'network', Action: 'destroy' },
      ]);
    });
  });
}
