import { Link, useParams } from '@tanstack/react-router';
import { FileEditor } from '../../form/file-editor.tsx';
import { useMaybeBegun } from '../../form/use-begun.ts';
import { Icon } from '../../parts/icon.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Title } from '../../parts/title.tsx';

export function LibraryFilePage() {
  const { kind, name } = useParams({ from: '/inside/library/$kind/$name' });
  return <LibraryFile key={`${kind}/${name}`} kind={kind === 'skills' ? 'skills' : 'prompts'} name={name} />;
}

function LibraryFile({ kind, name }: { readonly kind: 'prompts' | 'skills'; readonly name: string }) {
  const address = `/v1/library/${kind}/${encodeURIComponent(name)}`;
  const path = `library/${kind}/${name}.yaml`;
  const { query, begun } = useMaybeBegun(address, { kind, path, name, shared: true });
  return (
    <div className="space-y-4">
      <Link to="/library" className="inline-flex items-center gap-1 text-xs text-dim hover:text-ink">
        <Icon name="back" size={12} /> Library
      </Link>
      <Title tab={name}>{name}</Title>
      {begun === null ? (
        <Loaded query={query} what={name} lines={8}>
          {(file) => <FileEditor key={address} address={address} file={file} />}
        </Loaded>
      ) : (
        <FileEditor key={address} address={address} file={begun} isNew />
      )}
    </div>
  );
}
