import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prometheusText } from '../../../reconciler/report/prometheus.ts';

test('a family is its help, its type and a line a sample', () => {
  const text = prometheusText([
    {
      name: 'passes_total',
      help: 'Passes that ended.',
      type: 'counter',
      samples: [
        { labels: { result: 'succeeded' }, value: 3 },
        { labels: { result: 'failed', node: 'worker-1' }, value: 0 },
      ],
    },
    { name: 'empty', help: 'Left out.', type: 'gauge', samples: [] },
    {
      name: 'duration_seconds',
      help: 'Time.',
      type: 'summary',
      samples: [
        { suffix: '_sum', value: 0.25 },
        { suffix: '_count', value: 3 },
      ],
    },
  ]);
  expect(text).toBe(`# HELP passes_total Passes that ended.
# TYPE passes_total counter
passes_total{result="succeeded"} 3
passes_total{result="failed",node="worker-1"} 0
# HELP duration_seconds Time.
# TYPE duration_seconds summary
duration_seconds_sum 0.25
duration_seconds_count 3
`);
});

test('backslashes, quotes and line ends are escaped', () => {
  const labels = { path: 'C:\\a "b"\nc' };
  const text = prometheusText([
    { name: 'm', help: 'a\\b\n"c"', type: 'gauge', samples: [{ labels, value: 1 }] },
  ]);
  expect(text).toBe('# HELP m a\\\\b\\n"c"\n# TYPE m gauge\nm{path="C:\\\\a \\"b\\"\\nc"} 1\n');
});

test('numbers that are none are written as Prometheus reads them', () => {
  const samples = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e21].map((value) => ({
    value,
  }));
  const text = prometheusText([{ name: 'm', help: '', type: 'gauge', samples }]);
  expect(text.split('\n').slice(2, -1)).toEqual(['m +Inf', 'm -Inf', 'm NaN', 'm 1e+21']);
});

test('law: whatever a label holds, a sample stays one line that ends with its value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const text = prometheusText([
        { name: 'm', help: '', type: 'gauge', samples: [{ labels: { value }, value: 1 }] },
      ]);
      const lines = text.split('\n');
      expect(lines).toHaveLength(4);
      const shown = /^m\{value="((?:[^"\\]|\\[\\n"])*)"\} 1$/su.exec(lines[2] ?? '')?.[1];
      const read = shown?.replace(/\\(.)/gs, (_, letter: string) => (letter === 'n' ? '\n' : letter));
      expect(read).toBe(value);
    }),
  );
});
