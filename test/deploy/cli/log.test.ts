import { describe, expect, it } from 'vitest';
import { textLog } from '../../../deploy/cli/log.ts';
import { plain } from '../../../deploy/cli/output/colours.ts';

function lines(write: (log: ReturnType<typeof textLog>) => void): string[] {
  const seen: string[] = [];
  write(textLog((line) => seen.push(line.slice('10:31:05  '.length)), plain));
  return seen;
}

describe('the log as text', () => {
  it('tells warnings and errors with their causes, and nothing that went well', () => {
    const seen = lines((log) => {
      log.info('all is well');
      log.warn({ state: 'unreachable' }, 'the repository is away');
      log.error({ err: new Error('connection refused') }, 'the repository could not be followed');
    });
    expect(seen).toEqual([
      'warning the repository is away',
      'error the repository could not be followed: connection refused',
    ]);
  });

  it('leaves the outcome of a tenant to its progress line, and tells what else failed of it', () => {
    const seen = lines((log) => {
      log.error({ tenant: 'acme', code: 'docker/timeout' }, 'the engine did not answer');
      log.warn({ tenant: 'acme', err: new Error('reset') }, 'the bridge could not be followed');
    });
    expect(seen).toEqual(['warning acme: the bridge could not be followed: reset']);
  });
});
