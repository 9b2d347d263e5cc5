import { Compile } from 'typebox/compile';
import { type ControlMessage, controlMessage, type NodeMessage, nodeMessage } from './messages.ts';

let ofNode: ReturnType<typeof Compile<typeof nodeMessage>> | null = null;
let ofControl: ReturnType<typeof Compile<typeof controlMessage>> | null = null;

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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
