// Bundles GraphiQL, its editor and its editor's workers into assets/, which is committed: the server embeds
// it, and whoever builds the server needs no Node.js.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const assets = 'assets';

await rm(assets, { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: {
    playground: 'src/playground.jsx',
    'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
    'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
    'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  },
  outdir: assets,
  // The page and its workers share much of their code; without splitting each would carry its own copy.
  splitting: true,
  chunkNames: 'chunk-[hash]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  metafile: true,
  // GraphiQL imports prettier's parsers under their old names, which are CommonJS: their named exports would be
  // missing at run time.
  alias: {
    'prettier/parser-babel': 'prettier/plugins/babel',
    'prettier/parser-graphql': 'prettier/plugins/graphql',
  },
  plugins: [{ name: 'skip-monaco-css', setup: skipMonacoCSS }],
});

await writeFile(path.join(assets, 'LICENSES.txt'), await licences(Object.keys(metafile.inputs)));

/** Leaves out the style sheets that Monaco's modules import: graphiql/style.css has all of them. */
function skipMonacoCSS({ onLoad }) {
  onLoad({ filter: /\/monaco-editor\/.*\.css$/ }, () => ({ contents: '', loader: 'js' }));
}

/** Returns the licence texts of the packages that the bundled files come from. */
async function licences(files) {
  const folders = new Set(files.map(packageFolder).filter(Boolean));
  const texts = await Promise.all([...folders].sort().map(licence));

  return [...new Set(texts)].join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolder(file) {
  return file.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
}

async function licence(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json')));
  const names = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|thirdpartynotices)/i.test(file));
  const texts = await Promise.all(names.sort().map((file) => readFile(path.join(folder, file), 'utf8')));

  return [`${name} ${version} (${license})\n`, ...texts].join('\n');
}
