import { isObject } from '../../schemas/is-object.ts';
import { own } from '../../schemas/own.ts';
import { toPointer } from '../../schemas/yaml-tree.ts';
import type { Proposal, SourceFiles } from './edit.ts';
import { channelFile, editFile, proposal, valueOf } from './edit.ts';
import { EditError } from './edit-error.ts';
import { setScalar } from './edit-yaml.ts';
import { valueAt } from './json-value.ts';

/** Pins images of a channel. @param pins image name (`runtime`) to pinned reference */
export function pinImages(
  source: SourceFiles,
  channel: string,
  pins: Readonly<Record<string, string>>,
): Proposal {
  const path = channelFile(source, channel);
  const old = imagesOf(source, path);
  const moved = Object.entries(pins).filter(([name, ref]) => own(old, name) !== ref);
  const [first] = moved;
  return proposal({
    verb: 'pin',
    subject:
      moved.length === 1 && first
        ? `${channel}: pin ${first[0]} to ${first[1]}`
        : `${channel}: pin ${moved.length} images`,
    body: moved.map(([name, ref]) => `${name}: ${own(old, name) ?? 'nothing'} -> ${ref}`),
    edits: [editFile(source, path, (text) => withPins(text, moved))],
  });
}

/**
 * Copies every pin of one channel to another; pins that only the other has stay. Nothing to do when they are equal.
 * @param force promote although the first channel does not say that it promotes to the second
 * @throws EditError `edit/refused` when `promotesTo` says otherwise; `edit/unknown`
 */
export function promote(source: SourceFiles, from: string, to: string, force: boolean): Proposal {
  const fromPath = channelFile(source, from);
  const toPath = channelFile(source, to);
  if (from === to) throw new EditError('edit/refused', `${from} cannot be promoted to itself.`);
  const promotesTo = valueAt(valueOf(source, fromPath), ['spec', 'promotesTo']);
  if (promotesTo !== to && !force) {
    const says =
      typeof promotesTo === 'string' ? `promotes to ${promotesTo}` : 'promotes to no other channel';
    throw new EditError(
      'edit/refused',
      `${from} ${says}, not to ${to} (${fromPath}, promotesTo); --force does it anyway.`,
    );
  }
  const old = imagesOf(source, toPath);
  const moved = Object.entries(imagesOf(source, fromPath)).filter(([name, ref]) => own(old, name) !== ref);
  return proposal({
    verb: 'promote',
    subject: `${to}: promote ${moved.map(([name]) => name).join(', ')} from ${from}`,
    body: moved.map(([name, ref]) => `${name}: ${own(old, name) ?? 'nothing'} -> ${ref}`),
    edits: [editFile(source, toPath, (text) => withPins(text, moved))],
  });
}

function withPins(text: string, pins: readonly (readonly [string, string])[]): string {
  return pins.reduce(
    (current, [name, ref]) => setScalar(current, toPointer(['spec', 'images', name]), ref),
    text,
  );
}

function imagesOf(source: SourceFiles, path: string): Record<string, string> {
  const images = valueAt(valueOf(source, path), ['spec', 'images']);
  if (!isObject(images)) throw new EditError('edit/unreadable', `${path} has no spec.images.`);
  return Object.fromEntries(
    Object.entries(images).flatMap(([name, ref]) => (typeof ref === 'string' ? [[name, ref]] : [])),
  );
}
