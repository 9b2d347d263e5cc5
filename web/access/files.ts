import type { Role } from '../api/models/platform.ts';

/** Who may change what of a file, by JSON pointer: that value and all below it. `''` is all, the file itself included. */
export interface FileLine {
  readonly path: RegExp;
  readonly may: Readonly<Record<Exclude<Role, 'viewer'>, readonly string[]>>;
}

const all = [''];
const none: readonly string[] = [];

/**
 * Files of the desired-state repository, by the first line that fits. The group `tenant` of a path names the tenant whose
 * owner is meant. A value that no line names is for the platform-admin alone, one that the language gets later included.
 */
export const fileTable: readonly FileLine[] = [
  {
    path: /^tenantry\.yaml$/,
    may: {
      'platform-admin': all,
      // Not `access`: who may do what is not for those to say whom it binds.
      operator: [
        '/metadata',
        '/spec/defaults',
        '/spec/guards',
        '/spec/plans',
        '/spec/secrets',
        '/spec/approvals',
      ],
      'tenant-owner': none,
    },
  },
  {
    path: /^tenants\/(?<tenant>[^/]+)\/tenant\.yaml$/,
    may: {
      'platform-admin': all,
      operator: all,
      'tenant-owner': [
        '/spec/config',
        '/spec/runtime/state',
        '/spec/runtime/restart',
        '/spec/whatsapp/pairing',
        '/spec/whatsapp/disconnect',
      ],
    },
  },
  {
    path: /^tenants\/(?<tenant>[^/]+)\/(?:prompts|skills)\/[^/]+\.yaml$/,
    may: { 'platform-admin': all, operator: all, 'tenant-owner': all },
  },
  // Secrets, jobs and sites of a tenant, nodes, channels, library, stacks, and what is no document.
  { path: /^/, may: { 'platform-admin': all, operator: all, 'tenant-owner': none } },
];
