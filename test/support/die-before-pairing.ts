/**
 * Loaded before a program (`node --import`): the process is gone, as by a power cut, at the moment at which it would
 * send a runtime the request to pair.
 */
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const send = http.request;

http.request = new Proxy(send, {
  apply(target, self, args: Parameters<typeof send>) {
    const wantsPairing = args.some(
      (arg) => typeof arg === 'object' && 'path' in arg && arg.path === '/bridge/pair',
    );
    if (wantsPairing) process.kill(process.pid, 'SIGKILL');
    return Reflect.apply(target, self, args);
  },
});
syncBuiltinESMExports();
