import { useQuery } from '@tanstack/react-query';
import { meQuery } from './queries.ts';

/** Says what the person may do that belongs to no tenant; nothing, before that is known. The server judges in any case. */
export function useMay(): (action: string) => boolean {
  const { data: me } = useQuery(meQuery);
  return (action) => me?.may.includes(action) === true;
}
