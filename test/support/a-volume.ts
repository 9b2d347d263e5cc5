import type { Volume } from './engine-double/shapes.ts';

/** A volume as the engine shows it: local, without options and labels where `parts` do not say otherwise. */
export function aVolume(name: string, parts: Partial<Volume> = {}): Volume {
  return {
    Name: name,
    Driver: 'local',
    Options: null,
    Labels: null,
    CreatedAt: '2026-11-21T10:00:00Z',
    Mountpoint: `/var/lib/docker/volumes/${name}/_data`,
    Scope: 'local',
    ...parts,
  };
}
