import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { PushQuestion } from './push-desk.ts';
import type { Verdict } from './push-judge.ts';

/**
 * What Git runs before it takes a push (`pre-receive`). It judges nothing: it asks the control node that started Git, over
 * a socket of its own, and says what that says. Whatever goes wrong refuses the push.
 */
async function main(): Promise<boolean> {
  const socketPath = process.env['TENANTRY_PUSH_SOCKET'];
  const push = process.env['TENANTRY_PUSH'];
  if (socketPath === undefined || push === undefined)
    return refuse('This repository takes pushes through its control node alone.');
  const names = ['GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_QUARANTINE_PATH'];
  const objects = Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const question: PushQuestion = { push, updates: await text(process.stdin), objects };
  const socket = connect(socketPath);
  socket.end(JSON.stringify(question));
  const verdict = JSON.parse(await text(socket)) as Verdict;
  for (const line of verdict.lines) process.stderr.write(`${line}\n`);
  return verdict.accepted;
}

function refuse(line: string): false {
  process.stderr.write(`${line}\n`);
  return false;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch {
  // The control node's log says why; a stack is of no use to the one who pushes.
  refuse('The control node could not judge this push. Try again; if it stays, its log says why.');
  process.exitCode = 1;
}
