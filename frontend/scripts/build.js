// Builds the page's script and style sheet from src/ and styles/ into ../assets; with --check it only compares.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ASSETS = new URL('../../assets/', import.meta.url);

const shared = {
  bundle: true,
  minify: true,
  write: false,
  charset: 'utf8',
  legalComments: 'none',
  absWorkingDir: ROOT,
};
const results = await Promise.all([
  // A saved file loads no modules, so the bundle is one function with one global name.
  build({ ...shared, entryPoints: ['src/main.ts'], format: 'iife', globalName: 'DualRoute', target: 'es2022' }),
  build({ ...shared, entryPoints: ['styles/main.css'], target: 'chrome120' }),
]);
const [script, style] = results.map(({ outputFiles }) => outputFiles[0].text);

if (script.toLowerCase().includes('</script') || script.includes('<!--'))
  throw new Error('the script would end the script element that a saved file puts it into');

let stale = false;
for (const [name, text] of Object.entries({ 'dualroute.js': script, 'dualroute.css': style })) {
  const file = new URL(name, ASSETS);
  if (!process.argv.includes('--check')) await writeFile(file, text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`assets/${name} is not what the sources build: npm run build`);
    stale = true;
  }
}
process.exitCode = stale ? 1 : 0;
