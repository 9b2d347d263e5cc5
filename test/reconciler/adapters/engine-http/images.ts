import { describe, expect, test } from 'vitest';
import { type HttpSuite, message, splitTag } from './suite.ts';

export function imagesContract({ engine, get, post }: HttpSuite): void {
  describe('images', () => {
    test('that the registry has are pulled line by line, others are refused', async () => {
      const [name = '', tag = ''] = splitTag(engine().pullable);
      const pull = (fromImage: string, version: string) =>
        post(`/images/create?fromImage=${encodeURIComponent(fromImage)}&tag=${version}`);
      expect(await get(`/images/${engine().pullable}/json`)).toMatchObject(
        message(404, `no such image: ${engine().pullable}: No such image: ${engine().pullable}`),
      );
      const reply = await pull(name, tag);
      expect(reply.status).toBe(200);
      const lines = String(reply.body)
        .trim()
        .split('\r\n')
        .map((line): unknown => JSON.parse(line));
      expect(lines.at(0)).toMatchObject({ status: expect.stringMatching(/^Pulling from /), id: tag });
      expect(lines.at(-1)).toMatchObject({ status: expect.stringMatching(/^Status: Downloaded newer/) });
      expect(await get(`/images/${engine().pullable}/json`)).toMatchObject({
        status: 200,
        body: { RepoTags: [engine().pullable] },
      });
      const [absent = '', version = ''] = splitTag(engine().absent);
      expect(await pull(absent, version)).toMatchObject(message(500, 'manifest unknown'));
    });
  });
}
