import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorView } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { yamlSetup } from './setup.ts';
import { shadowOf } from './shadow.ts';

export interface MergeEditorProps {
  readonly path: string;
  readonly theirs: string;
  readonly mine: string;
  readonly onChange: (merged: string) => void;
}

/** Narrower than this, two texts beside each other are two columns of scraps. */
const TWO_COLUMNS = '(min-width: 720px)';

/** Both texts of a conflict: what is in Git now, and one's own, which can be edited and takes pieces of the other. */
export function MergeEditor({ path, theirs, mine, onChange }: MergeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const changed = useEffectEvent(onChange);
  const [beside] = useState(() => matchMedia(TWO_COLUMNS).matches);
  const begin = useEffectEvent((root: ShadowRoot): { destroy(): void } => {
    const own = yamlSetup({
      label: `Your text of ${path}`,
      readOnly: false,
      onChange: (text) => changed(text),
    });
    if (!beside) {
      return new EditorView({
        doc: mine,
        extensions: [...own, unifiedMergeView({ original: theirs })],
        parent: root,
        root,
      });
    }
    const their = yamlSetup({ label: `Text of ${path} in Git now`, readOnly: true });
    return new MergeView({
      a: { doc: theirs, extensions: their },
      b: { doc: mine, extensions: own },
      parent: root,
      root,
      revertControls: 'a-to-b',
      renderRevertControl: arrow,
      collapseUnchanged: { margin: 3, minSize: 6 },
    });
  });
  useEffect(() => {
    if (host.current === null) return;
    const made = begin(shadowOf(host.current));
    return () => made.destroy();
  }, []);
  return (
    <figure className="panel overflow-hidden">
      {beside ? (
        <figcaption className="grid grid-cols-2 border-b border-line text-xs text-dim">
          <span className="px-3 py-1.5">In Git now</span>
          <span className="px-3 py-1.5">Yours, to edit</span>
        </figcaption>
      ) : (
        <figcaption className="border-b border-line px-3 py-1.5 text-xs text-dim">
          Yours, to edit; above each difference is what is in Git now. Reject takes that.
        </figcaption>
      )}
      <div ref={host} className="max-h-[50dvh] overflow-auto" />
    </figure>
  );
}

function arrow(): HTMLElement {
  const button = document.createElement('button');
  button.textContent = '→';
  button.title = 'Take this from the text in Git';
  button.setAttribute('aria-label', button.title);
  return button;
}
