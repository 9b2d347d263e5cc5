import { Button } from '../../parts/button.tsx';
import { Copyable } from '../../parts/copy.tsx';
import { Since } from '../../parts/time.tsx';
import { type FieldDifference, sentenceOf } from '../../words/drift.ts';

interface DriftRowProps {
  readonly difference: FieldDifference;
  readonly onAccept?: () => void;
}

/** One field, to be read like a sentence: field, wanted, found, since, by which event. */
export function DriftRow({ difference, onAccept }: DriftRowProps) {
  const { field, wanted, found, since, by, resource, cause } = difference;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 py-2.5 text-sm">
      <div className="min-w-0 flex-1 basis-80">
        <p title={sentenceOf(difference)}>
          <code className="font-medium">{field}</code> <span className="text-dim">wanted</span>{' '}
          <Value text={wanted} look="bg-raised" /> <span className="text-dim">found</span>{' '}
          <Value text={found} look={cause === 'drift' ? 'bg-warn-soft' : 'bg-raised'} />
        </p>
        <p className="mt-0.5 text-xs text-dim">
          {resource.kind} <Copyable text={resource.name} label={resource.kind} />
          {since !== null && (
            <>
              {' '}
              · for <Since at={since} />
            </>
          )}{' '}
          · {by}
        </p>
      </div>
      {onAccept !== undefined && (
        <Button small onClick={onAccept} aria-label={`Accept into Git: ${field}`}>
          Accept into Git
        </Button>
      )}
    </li>
  );
}

function Value({ text, look }: { readonly text: string; readonly look: string }) {
  return (
    <span className={`inline-flex max-w-full rounded px-1 py-0.5 text-xs ${look}`}>
      <Copyable text={text} label="value" />
    </span>
  );
}
