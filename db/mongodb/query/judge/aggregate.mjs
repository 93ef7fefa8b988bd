// MongoDB's aggregation, as far as compiled queries for values use it: $match, $unwind of a path, $group by paths with
// $sum of a number, $sort and $limit. Whatever else a stage may say is an error.
import { Query } from 'mingo/query';
import { prepareQuery } from './query.mjs';
import { at, compare, fieldOf, isNumber, isObject, need } from './values.mjs';

const path = (expression) => {
  need(typeof expression === 'string' && /^\$[^$]/.test(expression), `no path: ${expression}`);
  return expression.slice(1).split('.');
};

// replaced returns an object with another value at the path, on which there are objects.
const replaced = (v, [step, ...rest], value) => (step === undefined ? value : { ...v, [step]: replaced(v[step], rest, value) });

// A list on the way to the one that is unwound is not entered.
function unwind(expression) {
  const steps = path(expression);
  return (documents) => documents.flatMap((document) => {
    const v = steps.reduce((found, step) => (found === undefined ? found : fieldOf(found, step)), document) ?? [];
    return Array.isArray(v) ? v.map((item) => replaced(document, steps, item)) : [document];
  });
}

// evaluated returns the value of a path, or an object of those, without what is missing.
function evaluated(expression, document) {
  if (!isObject(expression)) return at(document, path(expression));
  const entries = Object.entries(expression).map(([name, of]) => [name, evaluated(of, document)]);
  return Object.fromEntries(entries.filter(([, v]) => v !== undefined));
}

// Numbers of one value are in one group, whatever their types.
function group({ _id, ...accumulators }) {
  return (documents) => {
    const groups = [];
    for (const document of documents) {
      const id = evaluated(_id, document) ?? null;
      let found = groups.find((g) => compare(g._id, id) === 0);
      if (!found) groups.push(found = { _id: id });
      for (const [name, { $sum, ...others }] of Object.entries(accumulators)) {
        need(isNumber($sum) && Object.keys(others).length === 0, `unknown accumulator: ${name}`);
        found[name] = (found[name] ?? 0n) + BigInt($sum);
      }
    }
    return groups;
  };
}

function sort(keys) {
  const order = Object.entries(keys).map(([name, direction]) => [name.split('.'), Number(direction)]);
  const valueIn = (document, steps) => {
    const v = at(document, steps);
    need(!Array.isArray(v), 'the judge does not sort by lists');
    return v;
  };
  const by = (a, b) => order.reduce((c, [steps, direction]) => c || direction * compare(valueIn(a, steps), valueIn(b, steps)), 0);
  return (documents) => documents.toSorted(by);
}

const stages = (context) => ({
  $match: (query) => {
    const prepared = new Query(prepareQuery(query), { context });
    return (documents) => documents.filter((document) => prepared.test(document));
  },
  $unwind: unwind,
  $group: group,
  $sort: sort,
  $limit: (most) => (documents) => documents.slice(0, Number(most)),
});

// aggregate returns what a pipeline makes of documents.
export function aggregate(documents, pipeline, context) {
  const known = stages(context);
  return pipeline.reduce((found, stage) => {
    const [[name, operand], ...others] = Object.entries(stage);
    need(Object.hasOwn(known, name) && others.length === 0, `unknown stage: ${Object.keys(stage)}`);
    return known[name](operand)(found);
  }, documents);
}
