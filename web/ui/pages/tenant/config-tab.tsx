import { useQuery } from '@tanstack/react-query';
import { fileQuery } from '../../data/queries.ts';
import { FileEditor } from '../../form/file-editor.tsx';
import { Loaded } from '../../parts/states.tsx';
import { useTenant } from './use-tenant.ts';

export function ConfigTab() {
  const { summary } = useTenant();
  const address = `/v1/tenants/${encodeURIComponent(summary.name)}/config`;
  const query = useQuery(fileQuery(address));
  return (
    <Loaded query={query} what="the configuration" lines={8}>
      {(file) => <FileEditor key={address} address={address} file={file} />}
    </Loaded>
  );
}
