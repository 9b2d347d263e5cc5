import { setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';
import type { CheckedProblem } from '../form/check.ts';
import type { JsonSchema } from '../form/schema.ts';
import { schemaSupport, yamlSetup } from './setup.ts';
import { shadowOf } from './shadow.ts';
import { smallestChange } from './smallest-change.ts';

export interface YamlEditorProps {
  readonly label: string;
  readonly text: string;
  readonly schema: JsonSchema;
  readonly problems: readonly CheckedProblem[];
  readonly readOnly?: boolean;
  readonly onChange: (text: string) => void;
}

/** A text of YAML that knows its schema. What changes it elsewhere (the form) moves neither cursor nor scroll. */
export function YamlEditor({ label, text, schema, problems, readOnly = false, onChange }: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  /** Texts that the editor has told and that have not come back to it yet. */
  const told = useRef<string[]>([]);
  const following = useRef(false);
  const changed = useEffectEvent((next: string) => {
    if (following.current) return;
    told.current.push(next);
    onChange(next);
  });
  const begin = useEffectEvent((root: ShadowRoot) => {
    const extensions = [
      ...yamlSetup({ label, readOnly, onChange: (next) => changed(next) }),
      ...schemaSupport(schema),
    ];
    return new EditorView({ state: EditorState.create({ doc: text, extensions }), parent: root, root });
  });
  useEffect(() => {
    if (host.current === null) return;
    const made = begin(shadowOf(host.current));
    told.current = [];
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [schema, readOnly, label]);
  // Before the next key: what is typed between a text and its coming back must not be undone by it.
  useLayoutEffect(() => {
    const echo = told.current.indexOf(text);
    if (echo !== -1) {
      told.current.splice(0, echo + 1);
      return;
    }
    told.current = [];
    const change = view.current === null ? null : smallestChange(view.current.state.doc.toString(), text);
    if (change === null) return;
    following.current = true;
    view.current?.dispatch({ changes: change });
    following.current = false;
  }, [text]);
  useEffect(() => {
    const state = view.current?.state;
    if (state === undefined) return;
    const found = problems.map(({ line, column, message }) => {
      const at = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
      const from = Math.min(at.to, at.from + column - 1);
      return { from, to: Math.max(from, at.to), severity: 'error' as const, message };
    });
    view.current?.dispatch(setDiagnostics(state, found));
  }, [problems]);
  return <div ref={host} className="h-[min(70dvh,720px)] min-h-64 overflow-hidden rounded-b-lg" />;
}
