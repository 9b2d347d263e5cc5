import { Link } from '@tanstack/react-router';
import { Button } from '../../parts/button.tsx';
import { Copyable } from '../../parts/copy.tsx';
import { Panel } from '../../parts/panel.tsx';
import { type Channel, followWords, promotable } from '../../words/channel.ts';
import { shortImage } from '../../words/image.ts';
import { count } from '../../words/value.ts';

interface ChannelPanelProps {
  readonly channel: Channel;
  /** The channel that it promotes to, where there is one. */
  readonly target: Channel | undefined;
  readonly onPin?: () => void;
  readonly onPromote?: (from: string, to: string) => void;
}

/** One channel: what it pins, who follows, and what of them runs something else. */
export function ChannelPanel({ channel, target, onPin, onPromote }: ChannelPanelProps) {
  const { name, images, promotesTo, tenants, running } = channel;
  const { words, others } = followWords(channel);
  const ahead = promotable(channel, target);
  return (
    <Panel
      title={name}
      aside={
        <span className="flex flex-wrap items-center gap-2">
          {promotesTo !== null && ahead.length === 0 && (
            <span className="text-xs text-dim">{promotesTo} has the same pins</span>
          )}
          {onPin !== undefined && (
            <Button small onClick={onPin} aria-label={`Pin images of ${name}`}>
              Pin
            </Button>
          )}
          {onPromote !== undefined && promotesTo !== null && ahead.length > 0 && (
            <Button
              small
              look="primary"
              onClick={() => onPromote(name, promotesTo)}
              aria-label={`Promote to ${promotesTo}: what ${name} pins`}
            >
              Promote to {promotesTo}
            </Button>
          )}
        </span>
      }
    >
      <div className="grid gap-x-8 gap-y-4 md:grid-cols-2">
        <section aria-label={`Pins of ${name}`} className="min-w-0">
          <h3 className="label mb-1">Pinned</h3>
          <dl className="space-y-1.5 text-sm">
            {Object.entries(images).map(([image, reference]) => (
              <div key={image} className="flex gap-3">
                <dt className="w-24 shrink-0 truncate text-dim">{image}</dt>
                <dd className="min-w-0">
                  <Copyable text={reference} shown={shortImage(reference)} label={`image ${image}`} />
                </dd>
              </div>
            ))}
          </dl>
          {promotesTo !== null && ahead.length > 0 && (
            <p className="mt-2 text-xs text-dim">
              Ahead of {promotesTo}: {ahead.join(', ')}
            </p>
          )}
        </section>
        <section aria-label={`Tenants of ${name}`} className="min-w-0">
          <h3 className="label mb-1">Followed by</h3>
          <p className="text-sm">
            {tenants === 0 ? (
              words
            ) : (
              <Link to="/tenants" search={{ channel: name }} className="text-accent hover:underline">
                {words}
              </Link>
            )}
          </p>
          {others > 0 && <Running running={running} pin={images['runtime'] ?? ''} others={others} />}
        </section>
      </div>
    </Panel>
  );
}

/** What the others run, the most usual first. */
function Running({
  running,
  pin,
  others,
}: {
  readonly running: Channel['running'];
  readonly pin: string;
  readonly others: number;
}) {
  const images = Object.entries(running)
    .filter(([image]) => image !== pin)
    .toSorted(([, a], [, b]) => b - a);
  const known = images.reduce((sum, [, number]) => sum + number, 0);
  return (
    <ul className="mt-1 space-y-1 text-sm text-dim">
      {images.slice(0, 5).map(([image, number]) => (
        <li key={image} className="flex gap-2">
          <span className="shrink-0">{number.toLocaleString('en')} run</span>
          <Copyable text={image} shown={shortImage(image)} label="image" />
        </li>
      ))}
      {images.length > 5 && <li>… and {count(images.length - 5, 'more image')}</li>}
      {others > known && <li>{(others - known).toLocaleString('en')} run nothing that is known</li>}
    </ul>
  );
}
