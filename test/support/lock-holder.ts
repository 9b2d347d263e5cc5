/**
 * A process of its own that tries to take a host lock. Argument: the key. Writes `held`, or the error's code and
 * message, as one line, and keeps what it has until it is killed or its standard input ends.
 */
import { acquireHostLock } from '../../reconciler/adapters/host-lock.ts';
import { ReconcilerError } from '../../reconciler/errors.ts';

const [key = ''] = process.argv.slice(2);
try {
  await acquireHostLock(key);
  console.log('held');
  process.stdin.resume();
} catch (error) {
  if (!(error instanceof ReconcilerError)) throw error;
  console.log(`${error.code} ${error.message}`);
}
