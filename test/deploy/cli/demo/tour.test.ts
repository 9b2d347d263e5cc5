import { describe, expect, it } from 'vitest';
import { demoDir, demoNames } from '../../../../deploy/cli/demo/names.ts';
import { promptEdit } from '../../../../deploy/cli/demo/tour.ts';
import { checkFiles } from '../../../../desired-state/read/check.ts';
import { starterFiles } from '../../../../desired-state/write/starter.ts';

describe('the tour of the demo', () => {
  it('proposes an edit that the starter repository has a place for, and that is valid', async () => {
    const files = await starterFiles({ platform: 'demo' });
    const before = files[promptEdit.path] ?? '';
    const after = before.replace(promptEdit.from, promptEdit.to);
    expect(after).not.toBe(before);
    expect(checkFiles(new Map(Object.entries({ ...files, [promptEdit.path]: after })))).toEqual([]);
  });

  it('has names of its own in each folder', () => {
    expect(demoNames(demoDir).platform).toBe('demo');
    expect(demoNames('/srv/a').platform).not.toBe(demoNames('/srv/b').platform);
    expect(demoNames('/srv/a').platform).toMatch(/^demo-[0-9a-f]{6}$/);
  });
});
