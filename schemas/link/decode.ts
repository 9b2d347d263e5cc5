import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { type ControlMessage, controlMessage, type NodeMessage, nodeMessage } from './messages.ts';
import { sharedPiece, tenantPiece } from './pieces.ts';

let ofNode: ReturnType<typeof Compile<typeof nodeMessage>> | null = null;
let ofControl: ReturnType<typeof Compile<typeof controlMessage>> | null = null;
let ofTenant: ReturnType<typeof Compile<typeof tenantPiece>> | null = null;
let ofShared: ReturnType<typeof Compile<typeof sharedPiece>> | null = null;

/** What a node said; null when it is no message of this protocol. */
export function decodeNodeMessage(text: string): NodeMessage | null {
  ofNode ??= Compile(nodeMessage);
  const value = parsed(text);
  return ofNode.Check(value) ? value : null;
}

/** What the control node said; null when it is no message of this protocol. */
export function decodeControlMessage(text: string): ControlMessage | null {
  ofControl ??= Compile(controlMessage);
  const value = parsed(text);
  return ofControl.Check(value) ? value : null;
}

/** Whether a value is what a node publishes of one tenant: apart from the message, which must not be lost with it. */
export function isTenantPiece(value: unknown): value is Static<typeof tenantPiece> {
  ofTenant ??= Compile(tenantPiece);
  return ofTenant.Check(value);
}

/** Whether a value is what a node publishes of what its tenants share. */
export function isSharedPiece(value: unknown): value is Static<typeof sharedPiece> {
  ofShared ??= Compile(sharedPiece);
  return ofShared.Check(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
