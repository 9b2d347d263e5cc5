/** The `apiVersion` of every document. */
export const API_VERSION = 'tenantry.dev/v1';
