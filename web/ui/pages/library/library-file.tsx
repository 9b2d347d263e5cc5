import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { fileQuery } from '../../data/queries.ts';
import { FileEditor } from '../../form/file-editor.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Title } from '../../parts/title.tsx';

export function LibraryFilePage() {
  const { kind, name } = useParams({ from: '/inside/library/$kind/$name' });
  const address = `/v1/library/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
  const query = useQuery(fileQuery(address));
  return (
    <div className="space-y-4">
      <Link to="/library" className="inline-flex items-center gap-1 text-xs text-dim hover:text-ink">
        <Icon name="back" size={12} /> Library
      </Link>
      <Title tab={name}>{name}</Title>
      <Loaded query={query} what={name} lines={8}>
        {(file) => <FileEditor key={address} address={address} file={file} />}
      </Loaded>
    </div>
  );
}
