import type { IconName } from '../parts/icon.tsx';

/** The places of the page, each answering one question. */
export const places = [
  { to: '/', name: 'Overview', icon: 'overview', asks: 'Is everything as Git says?' },
  { to: '/tenants', name: 'Tenants', icon: 'tenants', asks: 'What runs for whom?' },
  { to: '/history', name: 'History', icon: 'history', asks: 'Who changed what, and how far is it?' },
  { to: '/nodes', name: 'Nodes', icon: 'nodes', asks: 'Which machine is behind or away?' },
  { to: '/channels', name: 'Channels', icon: 'channels', asks: 'Which build is pinned where?' },
  { to: '/library', name: 'Library', icon: 'library', asks: 'Which prompts and skills are shared?' },
  { to: '/audit', name: 'Audit', icon: 'audit', asks: 'Who did or tried what?' },
  { to: '/access', name: 'Access', icon: 'access', asks: 'Who may do what?' },
  { to: '/git-access', name: 'Git', icon: 'branch', asks: 'How do I clone and push?' },
] as const satisfies readonly { to: string; name: string; icon: IconName; asks: string }[];

export type Place = (typeof places)[number];

const needs: Readonly<Partial<Record<Place['to'], string>>> = {
  '/nodes': 'nodes.read',
  '/channels': 'channels.read',
  '/library': 'library.read',
  '/audit': 'audit.read',
  '/access': 'access.read',
  '/git-access': 'git-tokens',
};

/** The places that somebody has a use for, by what he may; the server decides what it answers. */
export function placesFor(may: readonly string[]): readonly Place[] {
  return places.filter(({ to }) => {
    const need = needs[to];
    return need === undefined || may.includes(need);
  });
}
