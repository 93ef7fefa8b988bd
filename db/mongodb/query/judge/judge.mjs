// Judges queries as MongoDB would, for want of one: reads {"documents": [...], "query": {...}} in MongoDB's extended
// JSON, one a line, and answers each with a line: the list of the _ids of the documents that match, or
// {"error": "..."}. With {"pipeline": [...]} for a query, it answers with the documents that an aggregation makes. A line
// without documents is about those of the line before.
//
// It is mingo, an independent implementation of MongoDB's query language, corrected where that deviates from MongoDB 7
// and 8. It has those operators only that rules.json holds against MongoDB's rules; all others are errors.
import { createInterface } from 'node:readline';
import { EJSON } from 'bson';
import { Context } from 'mingo/core';
import { Query } from 'mingo/query';
import { aggregate } from './aggregate.mjs';
import { expressionOperators } from './expression.mjs';
import { prepareQuery, queryOperators } from './query.mjs';

// mingo writes queries into its messages.
BigInt.prototype.toJSON = function () { return String(this); };

const context = Context.init({ query: queryOperators, expression: expressionOperators });

let documents = [];

function judge(line) {
  const question = EJSON.parse(line, { useBigInt64: true });
  documents = question.documents ?? documents;
  if (question.pipeline) {
    return EJSON.serialize(aggregate(documents, question.pipeline, context), { relaxed: false });
  }
  const prepared = new Query(prepareQuery(question.query), { context });
  return documents.filter((document) => prepared.test(document)).map(({ _id }) => _id);
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = judge(line);
  } catch (error) {
    answer = { error: error.message };
  }
  console.log(JSON.stringify(answer));
}
