import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Identity } from './hostile-remote.ts';

/** What a certificate says of the server at 127.0.0.1. */
export type CertificateKind = 'good' | 'untrusted' | 'expired' | 'wrong-host';

export interface Certificates {
  /** Path of the authority that whoever asks trusts. */
  readonly trusted: string;
  readonly by: Readonly<Record<CertificateKind, Identity>>;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes two authorities, of which one is trusted, and what they sign. */
export async function makeCertificates(dir: string): Promise<Certificates> {
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: dir });
  const authority = async (name: string): Promise<void> => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    await openssl('req', '-x509', ...newKey, ...files, '-subj', `/CN=${name}`, '-days', '2');
  };
  const signed = async (name: string, by: string, host: string, days: string): Promise<Identity> => {
    await writeFile(join(dir, `${name}.ext`), `subjectAltName=${host}\n`);
    await openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const authorised = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial'];
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`];
    await openssl('x509', '-req', ...authorised, ...files, '-days', days);
    return {
      key: await readFile(join(dir, `${name}.key`)),
      cert: await readFile(join(dir, `${name}.pem`)),
    };
  };
  await authority('trusted');
  await authority('stranger');
  const here = 'IP:127.0.0.1';
  return {
    trusted: join(dir, 'trusted.pem'),
    by: {
      good: await signed('good', 'trusted', here, '2'),
      untrusted: await signed('untrusted', 'stranger', here, '2'),
      expired: await signed('expired', 'trusted', here, '-1'),
      'wrong-host': await signed('wrong-host', 'trusted', 'DNS:elsewhere.example.com', '2'),
    },
  };
}
