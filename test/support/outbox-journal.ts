/**
 * Loaded before a reconciler (`node --import`): writes each entry that its outbox was given into the file that
 * `OUTBOX_JOURNAL` names, before the outbox has it, and again once it is kept. So a test knows what was told, whatever
 * became of the process: the outbox itself forgets what has arrived.
 */
import { appendFileSync } from 'node:fs';
import { Outbox } from '../../reconciler/link/outbox.ts';
import type { LinkEntry } from '../../schemas/link/messages.ts';

/** A line of the journal. */
export type Journalled = { readonly id: string; readonly entry: LinkEntry } | { readonly kept: string };

const file = process.env['OUTBOX_JOURNAL'];
let count = 0;

if (file !== undefined) {
  const write = (line: Journalled): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
  const append: (this: Outbox, value: unknown) => Promise<void> = Reflect.get(Outbox.prototype, 'append');
  Outbox.prototype.append = async function (value) {
    count += 1;
    const id = `${process.pid}-${count}`;
    write({ id, entry: value as LinkEntry });
    await append.call(this, value);
    write({ kept: id });
  };
}
