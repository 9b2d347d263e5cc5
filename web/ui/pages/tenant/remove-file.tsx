import type { FileView } from '../../../api/models/tenant.ts';
import { useEdits } from '../../edit/edits.tsx';
import { Button } from '../../parts/button.tsx';

/** Takes a prompt or a skill out of the repository, after its plan. */
export function RemoveFile({
  address,
  file,
  back,
}: {
  readonly address: string;
  readonly file: FileView;
  readonly back: () => void;
}) {
  const edits = useEdits();
  const remove = (): void =>
    edits.open({
      title: `Remove ${file.path}`,
      method: 'DELETE',
      path: address,
      body: {},
      base: file.base,
      danger: true,
      verb: 'Commit removal',
      onAccepted: back,
    });
  return (
    <Button small onClick={remove}>
      Remove
    </Button>
  );
}
