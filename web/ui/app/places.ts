import type { IconName } from '../parts/icon.tsx';

/** The places of the page, each answering one question. */
export const places = [
  { to: '/', name: 'Overview', icon: 'overview', asks: 'Is everything as Git says?' },
  { to: '/tenants', name: 'Tenants', icon: 'tenants', asks: 'What runs for whom?' },
  { to: '/history', name: 'History', icon: 'history', asks: 'Who changed what, and how far is it?' },
  { to: '/nodes', name: 'Nodes', icon: 'nodes', asks: 'Which machine is behind or away?' },
  { to: '/library', name: 'Library', icon: 'library', asks: 'Which prompts and skills are shared?' },
  { to: '/audit', name: 'Audit', icon: 'audit', asks: 'Who did or tried what?' },
  { to: '/access', name: 'Access', icon: 'access', asks: 'Who may do what?' },
] as const satisfies readonly { to: string; name: string; icon: IconName; asks: string }[];

export type Place = (typeof places)[number];

/** Places that a role has no use for are not offered; the server decides what it answers. */
export function placesFor(role: string | null): readonly Place[] {
  const hidden: Readonly<Record<string, readonly string[]>> = {
    'tenant-owner': ['/nodes', '/audit', '/access', '/library'],
    viewer: ['/audit', '/access'],
    operator: [],
  };
  return places.filter(({ to }) => !(hidden[role ?? ''] ?? []).includes(to));
}
