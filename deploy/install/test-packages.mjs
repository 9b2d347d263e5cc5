import { enginePackages } from './engine.mjs';

/** @typedef {import('./packages.mjs').SystemPackage} SystemPackage */

/** What the tests use beside an engine. @type {readonly SystemPackage[]} */
export const testPackages = [
  {
    name: 'docker-compose',
    command: 'docker-compose',
    why: 'reads what the exporter writes; the bench’s rival',
  },
  { name: 'age', command: 'age', why: 'opens the secrets that Tenantry sealed' },
  {
    name: 'busybox-static',
    command: 'busybox',
    exact: true,
    why: 'statically linked: the smallest test image',
  },
  { name: 'iproute2', command: 'ip', why: 'network namespaces for a second engine' },
  { name: 'faketime', command: 'faketime', why: 'lets the clock of a process jump' },
  { name: 'git', command: 'git', why: 'one of the two Git adapters' },
  {
    name: 'postgresql',
    command: 'pg_lsclusters',
    exact: true,
    why: 'the store that the embedded one has to be like',
  },
  { name: 'chromium', command: 'chromium', why: 'the browser that the page is tried in' },
  {
    name: 'openssl',
    command: 'openssl',
    why: 'makes the certificate of a Git server that redirects to http',
  },
  { name: 'strace', command: 'strace', why: 'shows which programs a pass starts' },
];

/** What an engine of the tests’ own needs; also the second node’s. */
export const testEnginePackages = enginePackages;
