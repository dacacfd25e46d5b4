// Writes src/contracts.ts: the page's wire contract as types, from the JSON Schema that Python wrote to golden/schema.json.
// With --check it only compares.
import { readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';

const SCHEMA = new URL('../golden/schema.json', import.meta.url);
const TYPES = new URL('../src/contracts.ts', import.meta.url);
const BANNER =
  '// Made from golden/schema.json by `npm run types`; do not edit. What each type means stands in dualroute/app.';

// The library knows tuples as older drafts wrote them, and would make one of every list with a smallest length.
function adapt(node) {
  if (Array.isArray(node)) return node.map(adapt);
  if (node === null || typeof node !== 'object') return node;
  const { prefixItems, minItems: _least, maxItems: _most, ...rest } = node;
  const adapted = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, adapt(value)]));
  if (!prefixItems) return adapted;
  return {
    ...adapted,
    items: adapt(prefixItems),
    additionalItems: false,
    minItems: prefixItems.length,
    maxItems: prefixItems.length,
  };
}

const types = await compile(adapt(JSON.parse(await readFile(SCHEMA, 'utf8'))), 'Contracts', {
  additionalProperties: false,
  bannerComment: BANNER,
  format: false,
});
const text = await format(types, { ...(await resolveConfig(TYPES)), parser: 'typescript' });

if (process.argv.includes('--check')) {
  if ((await readFile(TYPES, 'utf8')) !== text) {
    console.error('src/contracts.ts is not what golden/schema.json says: npm run types');
    process.exit(1);
  }
} else await writeFile(TYPES, text);
