import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueList } from '../../reconciler/due-list.ts';

test('what is due is taken in the order of its times, and nothing before its time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100)), fc.nat(100), (times, now) => {
      const list = new DueList();
      for (const [index, due] of times.entries()) list.push(String(index), due);
      const taken: number[] = [];
      for (let entry = list.takeDue(now); entry !== null; entry = list.takeDue(now)) {
        expect(times[Number(entry.name)]).toBe(entry.due);
        taken.push(entry.due);
      }
      expect(taken).toEqual(times.filter((due) => due <= now).sort((a, b) => a - b));
    }),
  );
});
