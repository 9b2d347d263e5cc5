import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { FileEditor } from '../../form/file-editor.tsx';
import { useMaybeBegun } from '../../form/use-begun.ts';
import { Icon } from '../../parts/icon.tsx';
import { Loaded } from '../../parts/states.tsx';
import { FileIndex } from './file-index.tsx';
import { RemoveFile } from './remove-file.tsx';
import { useTenant } from './use-tenant.ts';

type FileKind = 'prompts' | 'skills';

export function PromptsTab() {
  return <FileIndex kind="prompts" />;
}

export function SkillsTab() {
  return <FileIndex kind="skills" />;
}

export function PromptTab() {
  return <OneFile kind="prompts" />;
}

export function SkillTab() {
  return <OneFile kind="skills" />;
}

function OneFile({ kind }: { readonly kind: FileKind }) {
  const { name = '' } = useParams({ strict: false });
  return <NamedFile key={`${kind}/${name}`} kind={kind} name={name} />;
}

function NamedFile({ kind, name }: { readonly kind: FileKind; readonly name: string }) {
  const { summary } = useTenant();
  const navigate = useNavigate();
  const client = useQueryClient();
  const address = `/v1/tenants/${encodeURIComponent(summary.name)}/${kind}/${encodeURIComponent(name)}`;
  const path = `tenants/${summary.name}/${kind}/${name}.yaml`;
  const { query, begun } = useMaybeBegun(address, { kind, path, name, shared: false });
  const back = (): void => {
    client.removeQueries({ queryKey: ['file', address] });
    void navigate({ to: `/tenants/$tenant/${kind}`, params: { tenant: summary.name } });
  };
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Link
          to={`/tenants/$tenant/${kind}`}
          params={{ tenant: summary.name }}
          className="inline-flex items-center gap-1 text-sm text-dim hover:text-ink"
        >
          <Icon name="back" size={12} /> All {kind}
        </Link>
        {query.data !== undefined && !query.data.shared && query.data.editable.includes('') && (
          <RemoveFile address={address} file={query.data} back={back} />
        )}
      </div>
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
