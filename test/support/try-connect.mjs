/**
 * Tries to open a TCP connection to each `address:port` of its arguments and writes what came of it as one JSON object:
 * `connected`, an error code such as `ECONNREFUSED`, or `no answer` after two seconds.
 */
import { connect } from 'node:net';

/** @param {string} target */
const attempt = (target) =>
  new Promise((resolve) => {
    const [host, port] = target.split(':');
    const socket = connect({ host, port: Number(port), timeout: 2_000 });
    /** @param {string} outcome */
    const end = (outcome) => {
      socket.destroy();
      resolve([target, outcome]);
    };
    socket.on('connect', () => end('connected'));
    socket.on('timeout', () => end('no answer'));
    socket.on('error', (/** @type {NodeJS.ErrnoException} */ error) => end(error.code ?? error.message));
  });

const outcomes = await Promise.all(process.argv.slice(2).map(attempt));
console.log(JSON.stringify(Object.fromEntries(outcomes)));
