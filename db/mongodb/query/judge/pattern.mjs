// Regular expressions are read by PCRE2 itself, as in MongoDB.
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// To optimise PCRE2's WebAssembly takes longer than all that it matches here.
setFlagsFromString('--liftoff-only');
// The package's loader takes a Node.js that has fetch for a browser.
delete globalThis.fetch;
const { default: PCRE } = createRequire(import.meta.url)('@stephen-riley/pcre2-wasm');
await PCRE.init();

const compiled = new Map();

// matcher returns the test of whether a text has a match of a BSON pattern. A pattern that PCRE2 refuses is an error.
export function matcher({ pattern, options }) {
  const key = `${options}/${pattern}`;
  if (!compiled.has(key)) compiled.set(key, new PCRE(pattern, options));
  return (v) => typeof v === 'string' && compiled.get(key).match(v) !== null;
}
