// MongoDB's expression operators. Some of mingo's compare like query operators, take values on which MongoDB fails, or
// reach into lists as expressions do not; those that are right are mingo's.
import { BSONRegExp } from 'bson';
import { evalExpr as evaluate } from 'mingo/core';
import * as mingo from 'mingo/operators/expression';
import { matcher } from './pattern.mjs';
import { at, compare, fieldOf, isNumber, isObject, need, typeOf } from './values.mjs';

// prepareExpression puts into operators of the judge what mingo would read by itself, otherwise than MongoDB: paths,
// and lists in which values may be missing. It refuses what MongoDB cannot parse.
export function prepareExpression(e) {
  if (typeof e === 'string' && e.startsWith('$')) return { $_path: e.slice(1).split('.') };
  if (Array.isArray(e)) return { $_list: e.map(prepareExpression) };
  if (!isObject(e)) return e;
  const [name = ''] = Object.keys(e);
  if (!name.startsWith('$')) {
    return Object.fromEntries(Object.entries(e).map(([key, v]) => [key, prepareExpression(v)]));
  }
  need(Object.keys(e).length === 1, `an expression has exactly one field, not ${Object.keys(e)}`);
  need(Object.hasOwn(expressionOperators, name), `Unrecognized expression '${name}'`);
  if (name === '$literal') return e;
  for (const variable of variablesOf(name, e[name])) {
    need(/^[a-z]\w*$/.test(variable), `'${variable}' is no name of a variable`);
  }
  return { [name]: Array.isArray(e[name]) ? e[name].map(prepareExpression) : prepareExpression(e[name]) };
}

// variablesOf returns the names that an operator gives to variables.
function variablesOf(name, operand) {
  if (name === '$let') return Object.keys(operand.vars);
  return ['$map', '$filter'].includes(name) && 'as' in operand ? [operand.as] : [];
}

// on makes an operator of a function of its operands. A single operand may stand without a list.
const on = (count, f) => (document, operands, options) => {
  const list = [operands].flat();
  need(list.length === count, `${list.length} operands, not ${count}`);
  return f(...list.map((operand) => evaluate(document, operand, options)));
};

const holds = (document, e, options) => mingo.$and(document, [e], options);

const unary = ['$sin', '$cos', '$degreesToRadians'];
const others = ['$add', '$multiply', '$subtract', '$divide', '$pow', '$arrayElemAt'];

// numeric is mingo's operator on numbers, which knows no longs. Beyond 2^53 MongoDB is more exact, where all operands
// are longs.
const numeric = (name) => (document, operands, options) => {
  const values = [operands].flat().map((operand) => {
    const v = evaluate(document, operand, options);
    return { $literal: typeof v === 'bigint' ? Number(v) : v };
  });
  return mingo[name](document, unary.includes(name) ? values[0] : values, options);
};

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const calendars = new Map();

// calendar returns the parts of a date in a zone, as text.
function calendar(date, timeZone) {
  if (!calendars.has(timeZone)) {
    calendars.set(timeZone, new Intl.DateTimeFormat('en-US', {
      timeZone, weekday: 'short', year: 'numeric', month: 'numeric', day: 'numeric',
      hourCycle: 'h23', hour: 'numeric', minute: 'numeric', second: 'numeric', fractionalSecondDigits: 3,
    }));
  }
  const parts = calendars.get(timeZone).formatToParts(date);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

// dated makes an operator on a date, or on {date, timezone}. It is null for null and missing ones, and fails on all
// else, which mingo would make a date.
const dated = (f) => (document, operand, options) => {
  const isNamed = isObject(operand) && Object.hasOwn(operand, 'date');
  const named = isNamed ? operand : { date: [operand].flat()[0] };
  const { date = null, timezone = null } = evaluate(document, { timezone: 'UTC', ...named }, options);
  if (date === null || timezone === null) return null;
  need(date instanceof Date, `can't convert from BSON type ${typeOf(date)} to Date`);
  need(typeof timezone === 'string', `timezone must evaluate to a string, found ${typeOf(timezone)}`);
  return f(calendar(date, timezone));
};

const isoDay = (parts) => weekdays.indexOf(parts.weekday) + 1;

const specifiers = {
  Y: (parts) => parts.year.padStart(4, '0'),
  m: (parts) => parts.month.padStart(2, '0'),
  d: (parts) => parts.day.padStart(2, '0'),
  H: (parts) => parts.hour.padStart(2, '0'),
  M: (parts) => parts.minute.padStart(2, '0'),
  S: (parts) => parts.second.padStart(2, '0'),
  L: (parts) => parts.fractionalSecond,
  u: isoDay,
  '%': () => '%',
};

// formatted writes the parts of a date in a format of $dateToString, of which it knows the commonest specifiers.
const formatted = (format) => (parts) => format.replace(/%(.)/g, (_, specifier) => {
  need(Object.hasOwn(specifiers, specifier), `the judge knows no %${specifier}`);
  return specifiers[specifier](parts);
});

export const expressionOperators = {
  // Right as they are.
  $and: mingo.$and,
  $or: mingo.$or,
  $cond: mingo.$cond,
  $let: mingo.$let,
  $literal: mingo.$literal,
  $filter: mingo.$filter,
  $concatArrays: mingo.$concatArrays,
  $isArray: mingo.$isArray,
  $anyElementTrue: mingo.$anyElementTrue,
  $allElementsTrue: mingo.$allElementsTrue,
  $ifNull: mingo.$ifNull,

  $_path: (document, [first, ...rest], { local }) => {
    if (!first.startsWith('$')) return at(local.root, [first, ...rest]);
    const variables = { ROOT: local.root, CURRENT: local.root, ...local.variables };
    const name = first.slice(1);
    need(Object.hasOwn(variables, name), `Use of undefined variable: ${name}`);
    return at(variables[name], rest);
  },
  // In a list a missing value becomes null.
  $_list: (document, items, options) => items.map((item) => evaluate(document, item, options) ?? null),
  $map: (...args) => mingo.$map(...args)?.map((v) => v ?? null) ?? null,

  // Values of all types compare with each other, and lists are not looked into.
  $eq: on(2, (a, b) => compare(a, b) === 0),
  $ne: on(2, (a, b) => compare(a, b) !== 0),
  $gt: on(2, (a, b) => compare(a, b) > 0),
  $gte: on(2, (a, b) => compare(a, b) >= 0),
  $lt: on(2, (a, b) => compare(a, b) < 0),
  $lte: on(2, (a, b) => compare(a, b) <= 0),
  $in: on(2, (v, list) => {
    need(Array.isArray(list), `$in requires an array as a second argument, found: ${typeOf(list)}`);
    return list.some((item) => compare(v, item) === 0);
  }),

  // Like elsewhere an empty text is true.
  $not: (document, operands, options) => {
    const list = [operands].flat();
    need(list.length === 1, `${list.length} operands, not 1`);
    return !holds(document, list[0], options);
  },
  // The names of types are MongoDB's, and single operands may stand in a list.
  $type: on(1, typeOf),
  $isNumber: on(1, isNumber),
  // A missing list fails.
  $size: on(1, (v) => {
    need(Array.isArray(v), `The argument to $size must be an array, but was of type: ${typeOf(v)}`);
    return v.length;
  }),
  // Without a branch that holds and without a default it fails.
  $switch: (document, operand, options) => {
    const branch = operand.branches.$_list.find((b) => holds(document, b.case, options));
    need(branch || Object.hasOwn(operand, 'default'), '$switch could not find a matching branch, and has no default');
    return evaluate(document, branch ? branch.then : operand.default, options);
  },
  // $$this is the item, also below operators that have a $$this of their own.
  $reduce: (document, operand, options) => {
    const list = evaluate(document, operand.input, options) ?? null;
    need(list === null || Array.isArray(list), `$reduce requires that 'input' be an array, found: ${typeOf(list)}`);
    const step = (value, item) => {
      const vars = { this: { $literal: item }, value: { $literal: value } };
      return mingo.$let(document, { vars, in: operand.in }, options);
    };
    return list && list.reduce(step, evaluate(document, operand.initialValue, options));
  },
  // Values that are no text fail, and patterns are PCRE2's.
  $regexMatch: (document, operand, options) => {
    const { input = null, regex = null, options: letters = null } = evaluate(document, operand, options);
    const isPattern = regex instanceof BSONRegExp;
    need(input === null || typeof input === 'string', "$regexMatch needs 'input' to be of type string");
    const isText = typeof regex === 'string';
    need(regex === null || isPattern || isText, "$regexMatch needs 'regex' to be of type string or regex");
    need(letters === null || isText, '$regexMatch has options in both places');
    if (input === null || regex === null) return false;
    return matcher(isPattern ? regex : { pattern: regex, options: letters ?? '' })(input);
  },
  // Null has null for fields, all else but objects has no fields.
  $getField: (document, operand, options) => {
    const isNamed = isObject(operand) && Object.hasOwn(operand, 'field');
    const { field, input } = isNamed ? operand : { field: operand };
    const name = evaluate(document, field, options);
    need(typeof name === 'string', `$getField requires 'field' to evaluate to type String, but got ${typeOf(name)}`);
    const v = input === undefined ? options.local.root : evaluate(document, input, options);
    return v === null ? null : fieldOf(v, name);
  },

  $month: dated((parts) => Number(parts.month)),
  $dayOfMonth: dated((parts) => Number(parts.day)),
  $isoDayOfWeek: dated(isoDay),
  $dayOfWeek: dated((parts) => (isoDay(parts) % 7) + 1),
  $dateToString: (document, { format = '%Y-%m-%dT%H:%M:%S.%LZ', onNull = null, ...operand }, options) =>
    dated(formatted(format))(document, operand, options) ?? evaluate(document, onNull, options),

  ...Object.fromEntries([...unary, ...others].map((name) => [name, numeric(name)])),
};
