// Audits a GraphQL endpoint against the GraphQL over HTTP specification: node audit.mjs URL
// Prints each audit that is not "ok" and how many had which result: an error breaks a MUST, a warning a SHOULD,
// a notice a MAY. It fails on errors, and where the endpoint can't be reached.
import { auditServer } from 'graphql-http';

const [url] = process.argv.slice(2);
if (!url) {
  console.error('usage: node audit.mjs URL');
  process.exit(2);
}

const results = await auditServer({ url });

const count = { ok: 0, notice: 0, warn: 0, error: 0 };
for (const { id, name, status, reason } of results) {
  count[status]++;
  if (status !== 'ok') {
    console.log(`${id} ${name}: ${status}: ${reason}`);
  }
}
console.log(`${count.ok} ok, ${count.notice} notices, ${count.warn} warnings, ${count.error} errors`);

process.exitCode = count.error > 0 ? 1 : 0;
