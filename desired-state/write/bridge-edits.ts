import type { Proposal, SourceFiles } from './edit.ts';
import { editFile, proposal, tenantFile, valueOf } from './edit.ts';
import { EditError } from './edit-error.ts';
import { setScalar } from './edit-yaml.ts';
import { valueAt } from './json-value.ts';

/**
 * Asks the runtime once to pair a device, by a token that it did not have before; enables the bridge where it is not.
 * @param now becomes the token, so that the history says when
 */
export function startPairing(source: SourceFiles, tenant: string, now: Date): Proposal {
  const path = tenantFile(source, tenant);
  const token = freshToken(source, path, 'pairing', now);
  const enabled = valueAt(valueOf(source, path), ['spec', 'whatsapp', 'enabled']) === true;
  return proposal({
    verb: 'pair',
    subject: `${tenant}: pair a WhatsApp device`,
    body: [
      ...(enabled ? [] : ['spec.whatsapp.enabled is now true.']),
      `spec.whatsapp.pairing is now ${token}; the runtime is asked once.`,
    ],
    edits: [
      editFile(source, path, (text) =>
        setScalar(
          enabled ? text : setScalar(text, '/spec/whatsapp/enabled', true),
          '/spec/whatsapp/pairing',
          token,
        ),
      ),
    ],
  });
}

/** Asks the runtime once to disconnect its device. @throws EditError `edit/refused` while the bridge is not enabled */
export function disconnectDevice(source: SourceFiles, tenant: string, now: Date): Proposal {
  const path = tenantFile(source, tenant);
  if (valueAt(valueOf(source, path), ['spec', 'whatsapp', 'enabled']) !== true) {
    throw new EditError(
      'edit/refused',
      `${tenant} does not use WhatsApp (spec.whatsapp.enabled): there is nothing to disconnect.`,
    );
  }
  const token = freshToken(source, path, 'disconnect', now);
  return proposal({
    verb: 'disconnect',
    subject: `${tenant}: disconnect the WhatsApp device`,
    body: [`spec.whatsapp.disconnect is now ${token}; the runtime is asked once.`],
    edits: [editFile(source, path, (text) => setScalar(text, '/spec/whatsapp/disconnect', token))],
  });
}

function freshToken(source: SourceFiles, path: string, field: 'pairing' | 'disconnect', now: Date): string {
  const old = valueAt(valueOf(source, path), ['spec', 'whatsapp', field]);
  // Two requests in one millisecond are two requests.
  return old === now.toISOString() ? `${now.toISOString()}+1` : now.toISOString();
}
