/** Where in a YAML text a cursor stands. It is found line by line, so that it is known in a text that is being typed too. */
export interface CursorPlace {
  /** Keys from the root to the map or the value that the cursor is in; items of lists are `0`. */
  readonly path: readonly string[];
  readonly role: 'key' | 'value';
  /** Start of the word that the cursor ends. */
  readonly from: number;
  readonly word: string;
}

/** A key, or an item of a list, by the column that it begins at. */
interface Frame {
  readonly column: number;
  readonly key: string;
  readonly item: boolean;
}

const DASHES = /^(\s*)((?:- +)*)/;
const KEY = /^(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_./-]+))\s*:(?:\s|$)/;

/** The place of an offset in a text; null where nothing is to be proposed: in comments and in blocks of text. */
export function placeAt(text: string, offset: number): CursorPlace | null {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset);
  if (/(^|\s)#/.test(before)) return null;
  let frames: readonly Frame[] = [];
  let block: number | null = null;
  for (const line of text.slice(0, start).split('\n')) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    if (block !== null && indentOf(line) > block) continue;
    frames = enter(frames, line);
    block = /:\s+[|>][-+0-9]*\s*$/.test(line) ? (frames.at(-1)?.column ?? 0) : null;
  }
  if (block !== null && indentOf(before) > block) return null;
  return placeIn(frames, before, offset);
}

function placeIn(frames: readonly Frame[], before: string, offset: number): CursorPlace {
  const around = enter(frames, before);
  const [lead = ''] = DASHES.exec(before) ?? [];
  const hasKey = KEY.test(before.slice(lead.length));
  const open = hasKey ? around : leave(around, lead.length);
  const path = open.map(({ key }) => key);
  const flow = flowPlace(before);
  if (flow !== null) return { ...flow, from: offset - flow.word.length, path: [...path, ...flow.path] };
  const word = /[A-Za-z0-9_.-]*$/.exec(before.slice(lead.length))?.[0] ?? '';
  return { path, role: hasKey ? 'value' : 'key', from: offset - word.length, word };
}

/** The frames after a line: what is indented as deep or deeper has ended, its dashes and its key begin. */
function enter(frames: readonly Frame[], line: string): readonly Frame[] {
  const [lead = '', spaces = '', dashes = ''] = DASHES.exec(line) ?? [];
  let open = frames;
  for (let at = 0; at < dashes.length; at += 1) {
    if (dashes[at] !== '-') continue;
    const column = spaces.length + at;
    // A list may stand as deep as its key.
    open = open.filter((frame) => frame.column < column || (frame.column === column && !frame.item));
    open = [...open, { column, key: '0', item: true }];
  }
  const key = KEY.exec(line.slice(lead.length));
  if (key === null) return open;
  return [
    ...leave(open, lead.length),
    { column: lead.length, key: key[1] ?? key[2] ?? key[3] ?? '', item: false },
  ];
}

function leave(frames: readonly Frame[], column: number): readonly Frame[] {
  return frames.filter((frame) => frame.column < column);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

interface FlowPlace {
  readonly path: readonly string[];
  readonly role: 'key' | 'value';
  readonly word: string;
}

/** Inside braces: the last key that is still open, or a new key of the map. */
function flowPlace(before: string): FlowPlace | null {
  const stack: { readonly key: string | null; readonly map: boolean }[] = [];
  let pending: string | null = null;
  for (const [piece, key] of before.matchAll(/[{[\]},]|([A-Za-z0-9_./-]+)\s*:\s|"[^"]*"|'[^']*'/g)) {
    if (piece === '{' || piece === '[')
      stack.push({ key: stack.length === 0 ? null : pending, map: piece === '{' });
    else if (piece === '}' || piece === ']') stack.pop();
    if (key !== undefined) pending = key;
    else if (/^[{[\]},]$/.test(piece)) pending = null;
  }
  const last = stack.at(-1);
  if (last === undefined) return null;
  const path = stack.flatMap(({ key, map }) => [...(key === null ? [] : [key]), ...(map ? [] : ['0'])]);
  const word = /[A-Za-z0-9_.-]*$/.exec(before)?.[0] ?? '';
  if (pending === null) return { path, role: last.map ? 'key' : 'value', word };
  return { path: [...path, pending], role: 'value', word };
}
