/** Where a node keeps what its tenants mount, below the two folders that it was started with. */
export const tenantFolder = {
  /** Holds the folder `files`, which is mounted. */
  home: (dataDir: string, tenant: string): string => `${dataDir}/tenants/${tenant}`,
  files: (dataDir: string, tenant: string): string => `${dataDir}/tenants/${tenant}/files`,
  secrets: (secretsDir: string, tenant: string): string => `${secretsDir}/${tenant}`,
} as const;
