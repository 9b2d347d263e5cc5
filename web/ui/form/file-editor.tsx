import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { FileView } from '../../api/models/tenant.ts';
import { fileQuery, schemaQuery } from '../data/queries.ts';
import { useEdits } from '../edit/edits.tsx';
import type { YamlEditorProps } from '../editor/yaml-editor.tsx';
import { Copyable } from '../parts/copy.tsx';
import { lazyPart } from '../parts/lazy-part.tsx';
import { Loaded, Problem, Waiting } from '../parts/states.tsx';
import { checkText } from './check.ts';
import type { Draft } from './drafts.ts';
import { EditBar } from './edit-bar.tsx';
import { editText, type Json } from './edit-text.ts';
import { Form } from './form.tsx';
import { formOf } from './model.ts';
import type { JsonSchema } from './schema.ts';
import { useDraft } from './use-draft.ts';

const YamlEditor = lazyPart<YamlEditorProps>({
  load: async () => (await import('../editor/yaml-editor.tsx')).YamlEditor,
  waiting: () => <Waiting label="Loading the editor" lines={10} />,
});

type View = 'form' | 'text';

interface FileEditorProps {
  /** Address of the file in the API, where it is also changed. */
  readonly address: string;
  readonly file: FileView;
  /** No commit has it yet: it is begun here. */
  readonly isNew?: boolean;
}

/** One text in two views: a form from its schema, and YAML beside it. Nothing is saved but by a commit. */
export function FileEditor({ address, file, isNew = false }: FileEditorProps) {
  const schema = useQuery(schemaQuery(file.schema));
  return (
    <Loaded query={schema} what="the schema" lines={8}>
      {(read) => <Editor address={address} file={file} isNew={isNew} schema={read} />}
    </Loaded>
  );
}

function Editor({
  address,
  file,
  isNew,
  schema,
}: Required<FileEditorProps> & { readonly schema: JsonSchema }) {
  const edits = useEdits();
  const client = useQueryClient();
  const { draft, write, replace, forget } = useDraft(address, file);
  const [discarded, setDiscarded] = useState<Draft | null>(null);
  const [view, setView] = useState<View>('form');
  const [refused, setRefused] = useState<string | null>(null);
  const checked = useMemo(() => checkText(draft.text, schema), [draft.text, schema]);
  const fields = useMemo(
    () => (checked.value === undefined ? null : formOf(schema, checked.value, file.editable)),
    [checked.value, schema, file.editable],
  );
  const readOnly = file.editable.length === 0;
  const set = (pointer: string, value: Json | undefined): void => {
    const edited = editText(draft.text, pointer, value);
    if ('refused' in edited) setRefused(edited.refused);
    else {
      setRefused(null);
      write(edited.text);
    }
  };
  const review = (): void => {
    setDiscarded(null);
    edits.open({
      title: isNew ? `Add ${file.path}` : `Change ${file.path}`,
      method: 'PUT',
      path: address,
      body: { text: draft.text },
      base: draft.base,
      onAccepted: ({ commit, parent }, request) => {
        const text = String(request.body['text']);
        const base = commit ?? parent;
        // A new file has an editor of its own from now on.
        if (isNew) forget();
        else replace({ base, original: text, text });
        // Git says so from now on, also where the socket that would tell it is cut.
        client.setQueryData<FileView>(fileQuery(address).queryKey, {
          ...file,
          base,
          text,
          value: checkText(text, schema).value ?? null,
        });
      },
      onYielded: ({ revision, files }) => {
        // Without a revision the file is read again, which an untouched text follows.
        const theirs = files.find(({ path }) => path === file.path)?.theirs ?? '';
        replace({ base: revision ?? file.base, original: theirs, text: theirs });
      },
      onMerged: (text, conflict) => {
        const theirs = conflict?.files.find(({ path }) => path === file.path)?.theirs;
        const { base, original } = draft;
        replace({ base: conflict?.revision ?? base, original: theirs ?? original, text });
      },
    });
  };
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 truncate font-mono text-xs text-dim">
          <Copyable text={file.path} label="path" />
          {file.shared && ' (shared by all who name it)'}
          {isNew && ' (new: nothing of it is committed yet)'}
        </p>
        <ViewChoice view={view} onChoose={setView} />
      </div>
      {!file.editable.includes('') && (
        <p className="rounded-md bg-raised px-3 py-2 text-sm">
          {readOnly
            ? 'Your role may read this file, not change it.'
            : 'Grey fields are for operators: your role may read them, not change them.'}
        </p>
      )}
      {refused !== null && <Problem error={new Error(refused)} where="The form cannot write this" />}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <section
          aria-label="Form"
          className={`panel overflow-hidden ${view === 'form' ? '' : 'max-lg:hidden'}`}
        >
          {fields === null ? (
            <p className="px-4 py-6 text-sm text-dim">
              The text cannot be read as YAML now. Mend it in the text; the form comes back by itself.
            </p>
          ) : (
            <Form fields={fields} problems={checked.problems} onSet={set} />
          )}
        </section>
        <section
          aria-label="Text"
          className={`panel overflow-hidden lg:sticky lg:top-4 ${view === 'text' ? '' : 'max-lg:hidden'}`}
        >
          <YamlEditor
            label={`Text of ${file.path}`}
            text={draft.text}
            schema={schema}
            problems={checked.problems}
            readOnly={readOnly}
            onChange={write}
          />
        </section>
      </div>
      {!readOnly && (
        <EditBar
          address={address}
          draft={draft}
          problems={checked.problems}
          newer={file.text !== draft.original && draft.text !== draft.original}
          discarded={discarded !== null}
          onReview={review}
          onDiscard={() => {
            setDiscarded(draft);
            replace({ base: file.base, original: file.text, text: file.text });
          }}
          onBringBack={() => {
            if (discarded !== null) replace(discarded);
            setDiscarded(null);
          }}
        />
      )}
    </div>
  );
}

function ViewChoice({ view, onChoose }: { readonly view: View; readonly onChoose: (view: View) => void }) {
  return (
    <div role="group" aria-label="View" className="inline-flex rounded-md border border-edge p-0.5 lg:hidden">
      {(['form', 'text'] as const).map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={view === one}
          onClick={() => onChoose(one)}
          className={`h-6 rounded px-2.5 text-xs ${view === one ? 'bg-raised font-medium' : 'text-dim'}`}
        >
          {one === 'form' ? 'Form' : 'Text'}
        </button>
      ))}
    </div>
  );
}
