import { useEdits } from '../../edit/edits.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { TextField } from '../../parts/text-field.tsx';
import type { Channel } from '../../words/channel.ts';

/** Asks for the images of a channel; the next step shows which tenants a new one touches. */
export function PinDialog({
  channel,
  base,
  onClose,
}: {
  readonly channel: Channel;
  readonly base: string | null;
  readonly onClose: () => void;
}) {
  const edits = useEdits();
  return (
    <FormDialog
      title={`Pin images of ${channel.name}`}
      verb="Show the plan"
      onClose={onClose}
      onSubmit={(given) => {
        onClose();
        const images = Object.fromEntries(
          Object.keys(channel.images).flatMap((name) => {
            const image = given[`image/${name}`]?.trim();
            return image === undefined ? [] : [[name, image]];
          }),
        );
        edits.open({
          title: `Pin images of ${channel.name}`,
          method: 'POST',
          path: `/v1/channels/${encodeURIComponent(channel.name)}/pin`,
          body: { images },
          base,
          verb: 'Commit pin',
        });
      }}
    >
      {Object.entries(channel.images).map(([name, image]) => (
        <TextField
          key={name}
          label={name}
          name={`image/${name}`}
          required
          defaultValue={image}
          maxLength={500}
          spellCheck={false}
          autoComplete="off"
          className="[&_input]:font-mono"
          hint="A digest, or a tag that names one build, as sha-4f2c1d9 or v1.4.2."
        />
      ))}
    </FormDialog>
  );
}
