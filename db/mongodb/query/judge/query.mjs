// MongoDB's query operators. mingo's paths do not tell a list on the way from one at the end, and take digits for
// positions only, so all operators that ask values are here; the groups, $not and $expr are mingo's.
import { BSONRegExp } from 'bson';
import { Context } from 'mingo/core';
import * as mingo from 'mingo/operators/query';
import { Query } from 'mingo/query';
import { prepareExpression } from './expression.mjs';
import { matcher } from './pattern.mjs';
import { compare, isNumber, isObject, need, rank, reach, typeOf } from './values.mjs';

// prepareQuery puts into operators of the judge what mingo would read by itself, otherwise than MongoDB: patterns, as
// those of JavaScript, and the paths in expressions.
export function prepareQuery(query) {
  if (Array.isArray(query)) return query.map(prepareQuery);
  if (!isObject(query)) return query;
  return Object.fromEntries(Object.entries(query).map(([key, v]) => {
    if (key === '$expr') return [key, prepareExpression(v)];
    if (key === '$regex') return ['$_pattern', v];
    const isAsked = v instanceof BSONRegExp && (key === '$not' || !key.startsWith('$'));
    return [key, isAsked ? { $_pattern: v } : prepareQuery(v)];
  }));
}

// The path of an element of which $elemMatch asks the value itself. No field of a contact is named so.
const itself = '';

// on makes an operator of a test: it holds where one of the values at the path passes.
const on = (testFor, whole = false) => (path, operand) => {
  const passes = testFor(operand);
  return (document) => (path === itself ? [document] : reach(document, path.split('.'), whole)).some((v) => passes(v));
};

// not is the complement of an operator over the whole document: no value at the path passes.
const not = (operator) => (...args) => {
  const holds = operator(...args);
  return (document) => !holds(document);
};

// Values compare with those of their own type only, and a missing one as null.
const compared = (test) => (operand) => {
  need(!(operand instanceof BSONRegExp), 'a pattern is no operand of a comparison');
  return (v = null) => rank(v) === rank(operand) && test(compare(v, operand));
};

const equal = compared((order) => order === 0);

const equalOrMatching = (operand) => (operand instanceof BSONRegExp ? matcher(operand) : equal(operand));

function oneOf(list) {
  need(Array.isArray(list), '$in needs an array');
  const tests = list.map(equalOrMatching);
  return (v) => tests.some((passes) => passes(v));
}

const aliases = ['double', 'string', 'object', 'array', 'bool', 'date', 'null', 'regex', 'long', 'number'];

function ofType(operand) {
  const names = [operand].flat();
  need(names.length > 0 && names.every((name) => aliases.includes(name)), `unknown type name alias: ${names}`);
  return (v) => names.includes(typeOf(v)) || (isNumber(v) && names.includes('number'));
}

function ofSize(size) {
  need(isNumber(size) && size >= 0 && Number.isInteger(Number(size)), '$size must be a whole number');
  return (v) => Array.isArray(v) && v.length === Number(size);
}

// The criteria of $elemMatch are operators on an element, which is not looked into, or a query of its fields. A list in
// the list has positions for fields.
function elementMatching(criteria) {
  need(isObject(criteria), '$elemMatch needs an Object');
  const [first = ''] = Object.keys(criteria);
  const ofFields = !first.startsWith('$') || ['$and', '$or', '$nor', '$expr'].includes(first);
  const query = new Query(ofFields ? criteria : { [itself]: criteria }, { context: contextOfElements });
  const hasFields = (item) => isObject(item) || Array.isArray(item);
  const matches = (item) => (ofFields ? hasFields(item) && query.test({ ...item }) : query.test(item));
  return (v) => Array.isArray(v) && v.some(matches);
}

const elementMatch = on(elementMatching, true);

const exists = on(() => (v) => v !== undefined);

// A group stands beside fields, not below one, and is not empty.
const group = (name) => (field, queries, options) => {
  need(field === name, `unknown operator: ${name}`);
  need(Array.isArray(queries) && queries.length > 0, `${name} must be a nonempty array`);
  return mingo[name](field, queries, options);
};

const operatorsOfElements = {
  $and: group('$and'),
  $or: group('$or'),
  $nor: group('$nor'),
  $not: (path, operators, options) => {
    const isNegatable = isObject(operators) && Object.keys(operators)[0]?.startsWith('$');
    need(isNegatable, '$not needs a regex or a document of operators');
    return mingo.$not(path, operators, options);
  },
  $eq: on(equal),
  $ne: not(on(equal)),
  $gt: on(compared((order) => order > 0)),
  $gte: on(compared((order) => order >= 0)),
  $lt: on(compared((order) => order < 0)),
  $lte: on(compared((order) => order <= 0)),
  $in: on(oneOf),
  $nin: not(on(oneOf)),
  $_pattern: on(matcher),
  $type: on(ofType),
  $exists: (path, wanted) => (wanted ? exists(path) : not(exists)(path)),
  $size: on(ofSize, true),
  $elemMatch: elementMatch,
  // Each item is asked for on its own; no items match nothing.
  $all: (path, items) => {
    need(Array.isArray(items), '$all needs an array');
    const all = items.map((item) => {
      const asksElement = isObject(item) && Object.hasOwn(item, '$elemMatch');
      return asksElement ? elementMatch(path, item.$elemMatch) : on(equalOrMatching)(path, item);
    });
    return (document) => all.length > 0 && all.every((holds) => holds(document));
  },
};

// $expr stands beside the fields of documents only.
export const queryOperators = { ...operatorsOfElements, $expr: mingo.$expr };

const contextOfElements = Context.init({ query: operatorsOfElements });
