import { explorerPlugin } from '@graphiql/plugin-explorer';
import '@graphiql/plugin-explorer/style.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import 'graphiql/style.css';
import { createRoot } from 'react-dom/client';
import './playground.css';

// Monaco asks for its workers by the language they serve; "editor" serves every other one.
globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = label === 'json' || label === 'graphql' ? label : 'editor';
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { type: 'module' });
  },
};

const root = document.getElementById('playground');

const endpoint = new URL(root.dataset.graphqlPath, location.href);
const subscriptions = new URL(endpoint);
subscriptions.protocol = endpoint.protocol.replace('http', 'ws');

const fetcher = createGraphiQLFetcher({ url: endpoint.href, subscriptionUrl: subscriptions.href });
const plugins = [HISTORY_PLUGIN, explorerPlugin()];

createRoot(root).render(
  <GraphiQL fetcher={fetcher} plugins={plugins} defaultQuery={root.dataset.defaultQuery}>
    <GraphiQL.Logo>SegmentQL</GraphiQL.Logo>
  </GraphiQL>,
);
