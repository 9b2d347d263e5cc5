import { linkedNode } from './linked-node.ts';

/**
 * A node's end of the link as a process: tells numbered events from a number on, as quickly as its outbox takes them,
 * until it is killed. It says each number once its outbox has it.
 */
const [dir = '', control = '', from = '1'] = process.argv.slice(2);
const node = await linkedNode('worker-1', dir);
node.start(control);
for (let number = Number(from); ; number++) {
  const data = { number };
  await node.outbox.append({ kind: 'event', tenant: 'acme', at: number, type: 'container/die', data });
  process.stdout.write(`${number}\n`);
}
