import { useState } from 'react';
import { FormDialog } from '../parts/form-dialog.tsx';
import { NameField } from '../parts/name-field.tsx';
import { newFile } from '../words/new-file.ts';
import { useDrafts } from './use-draft.ts';

interface NewFileDialogProps {
  readonly kind: 'prompts' | 'skills';
  /** Address in the API below which the file will be. */
  readonly folder: string;
  /** The revision that is looked at. */
  readonly base: string;
  /** Names that have a file already. */
  readonly taken: readonly string[];
  readonly onClose: () => void;
  /** Called when its draft is there. */
  readonly onBegun: (name: string) => void;
}

/** Asks for the name of a new prompt or skill and begins its draft: nothing of it is live before it has been written. */
export function NewFileDialog({ kind, folder, base, taken, onClose, onBegun }: NewFileDialogProps) {
  const drafts = useDrafts();
  const [refused, setRefused] = useState<string | null>(null);
  const one = kind === 'prompts' ? 'prompt' : 'skill';
  const begin = (name: string): void => {
    if (taken.includes(name)) return setRefused(name);
    const address = `${folder}/${encodeURIComponent(name)}`;
    if (drafts.of(address) === null) drafts.keep(address, { base, original: '', text: newFile(one, name) });
    onBegun(name);
  };
  return (
    <FormDialog
      title={`Add a ${one}`}
      verb="Write it"
      onClose={onClose}
      onSubmit={({ name = '' }) => begin(name)}
    >
      <NameField
        hint="Lower-case letters, digits, hyphens; its file gets this name."
        aria-invalid={refused !== null}
      />
      <p role="alert" className="text-sm text-bad empty:hidden">
        {refused !== null && `There is a ${one} ${refused} already.`}
      </p>
    </FormDialog>
  );
}
