import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const ways = [
  ['br', promisify<Uint8Array, Uint8Array>(brotliCompress)],
  ['gz', promisify<Uint8Array, Uint8Array>(gzip)],
] as const;

/** Writes each file compressed beside it, once they are what they stay: here, and not at every visit. */
const compressed: Plugin = {
  name: 'compressed',
  async writeBundle({ dir = '' }, bundle) {
    await Promise.all(
      Object.keys(bundle).flatMap((name) =>
        ways.map(async ([ending, compress]) => {
          const path = join(dir, name);
          await writeFile(`${path}.${ending}`, await compress(await readFile(path)));
        }),
      ),
    );
  },
};

/** How the page is built: everything in `dist/`, with names that change with their content, and nothing inline. */
const config = defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind(), compressed],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // A `data:` address would ask the content security policy for an exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
});

export { config as default };
