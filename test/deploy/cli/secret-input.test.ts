import { describe, expect, it } from 'vitest';
import { withoutLineBreak } from '../../../deploy/cli/secret-input.ts';

describe('a secret from standard input', () => {
  it.each([
    ['value\n', 'value'],
    ['value\r\n', 'value'],
    ['value', 'value'],
    ['two\nlines\n\n', 'two\nlines\n'],
    ['\n', ''],
    ['value\r', 'value\r'],
  ])('of %j is %j', (given, wanted) => {
    expect(Buffer.from(withoutLineBreak(Buffer.from(given))).toString()).toBe(wanted);
  });
});
