import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { JsonSchema } from '../form/schema.ts';
import { hoverAt, suggestions } from './complete.ts';
import { editorTheme } from './theme.ts';

interface SetupOptions {
  readonly label: string;
  readonly readOnly: boolean;
  readonly onChange?: (text: string) => void;
}

/** What all editors of YAML have. Tab leaves the editor, as it leaves every field; Ctrl-[ and Ctrl-] indent. */
export function yamlSetup({ label, readOnly, onChange }: SetupOptions): Extension[] {
  return [
    lineNumbers(),
    foldGutter(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    indentUnit.of('  '),
    yaml(),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    // What scrolls is reached by keyboard through its text.
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorView.lineWrapping,
    EditorState.readOnly.of(readOnly),
    editorTheme,
    ...(onChange === undefined
      ? []
      : [
          EditorView.updateListener.of((update) => {
            if (update.docChanged) onChange(update.state.doc.toString());
          }),
        ]),
  ];
}

/** Completion and explanations from a JSON Schema. */
export function schemaSupport(schema: JsonSchema): Extension[] {
  return [
    lintGutter(),
    autocompletion({
      override: [
        (context) => {
          const found = suggestions(context.state.doc.toString(), context.pos, schema);
          if (found === null || (!context.explicit && found.from === context.pos)) return null;
          return {
            from: found.from,
            options: found.options.map((option) => ({ ...option, type: 'property' })),
            validFor: /^[A-Za-z0-9_.-]*$/,
          };
        },
      ],
    }),
    hoverTooltip((view, position) => {
      const found = hoverAt(view.state.doc.toString(), position, schema);
      return found === null
        ? null
        : { pos: position, above: true, create: () => ({ dom: explanation(found) }) };
    }),
  ];
}

function explanation({ title, body }: { readonly title: string; readonly body: string }): HTMLElement {
  const box = document.createElement('div');
  box.className = 'cm-hover';
  const name = document.createElement('strong');
  name.textContent = title;
  box.append(name, body);
  return box;
}
