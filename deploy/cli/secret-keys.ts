import {
  editFile,
  nodeFile,
  type Proposal,
  proposal,
  type SourceFiles,
  tenantFile,
  valueOf,
} from '../../desired-state/write/edit.ts';
import { EditError } from '../../desired-state/write/edit-error.ts';
import { insertItem, setValue } from '../../desired-state/write/edit-yaml.ts';
import { valueAt } from '../../desired-state/write/json-value.ts';

const platformFile = 'tenantry.yaml';

/** The node that runs a tenant. @throws EditError `edit/unknown`, `edit/unreadable` */
export function nodeOf(source: SourceFiles, tenant: string): string {
  const path = tenantFile(source, tenant);
  const node = valueAt(valueOf(source, path), ['spec', 'node']);
  if (typeof node === 'string') return node;
  throw new EditError(
    'edit/unreadable',
    `${path} names no node, to whose key the secret could be encrypted.`,
  );
}

/** Public age key of a node; null when it has none yet. @throws EditError `edit/unknown` */
export function nodeKey(source: SourceFiles, node: string): string | null {
  const key = valueAt(valueOf(source, nodeFile(source, node)), ['spec', 'keys', 'age']);
  return typeof key === 'string' ? key : null;
}

/** Public age keys of the operators. */
export function recoveryKeys(source: SourceFiles): string[] {
  const keys = valueAt(valueOf(source, platformFile), ['spec', 'secrets', 'recoveryKeys']);
  return Array.isArray(keys) ? keys.filter((key): key is string => typeof key === 'string') : [];
}

/** Puts a node's public key into its file. */
export function withNodeKey(source: SourceFiles, node: string, recipient: string): Proposal {
  const path = nodeFile(source, node);
  return proposal({
    verb: 'keygen',
    subject: `${node}: set the public key for secrets`,
    body: [`Secrets of the tenants on ${node} are encrypted to ${recipient} from now on.`],
    edits: [editFile(source, path, (text) => setValue(text, '/spec/keys/age', recipient))],
  });
}

/** Adds an operator's public key to those that every secret is encrypted to. */
export function withRecoveryKey(source: SourceFiles, recipient: string): Proposal {
  return proposal({
    verb: 'keygen',
    subject: 'add a recovery key',
    body: [`Secrets that are set from now on can also be opened with the key of ${recipient}.`],
    edits: [
      editFile(source, platformFile, (text) => insertItem(text, '/spec/secrets/recoveryKeys', recipient)),
    ],
  });
}
