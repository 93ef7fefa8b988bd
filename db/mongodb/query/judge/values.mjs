// Values as MongoDB orders and reaches them. A bigint is a long and a number a double: contacts have no other numbers.
import { BSONRegExp } from 'bson';

// need refuses what MongoDB refuses.
export function need(condition, message) {
  if (!condition) throw new Error(message);
}

const primitives = {
  undefined: 'missing', boolean: 'bool', number: 'double', bigint: 'long', string: 'string', object: 'object',
};

// typeOf returns MongoDB's name of the type of a value; undefined is a value that is missing.
export function typeOf(v) {
  if (v === null) return 'null';
  if (Array.isArray(v)) return 'array';
  if (v instanceof Date) return 'date';
  if (v instanceof BSONRegExp) return 'regex';
  need(!v?._bsontype, `the judge knows no ${v?._bsontype}`);
  return primitives[typeof v];
}

export const isNumber = (v) => typeof v === 'number' || typeof v === 'bigint';
export const isObject = (v) => typeOf(v) === 'object';

const order = ['missing', 'null', 'number', 'string', 'object', 'array', 'bool', 'date', 'regex'];

// rank is the place of the type of a value in the order of types, where all numbers are of one type.
export const rank = (v) => order.indexOf(isNumber(v) ? 'number' : typeOf(v));

// compare orders values of all types. Objects are compared field by field, but JavaScript lists keys of digits first:
// the judge is right about whole objects only where they have none.
export function compare(a, b) {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  switch (typeOf(a)) {
    case 'string':
      return Buffer.compare(Buffer.from(a), Buffer.from(b)); // by bytes, not by UTF-16
    case 'array':
      return compareLists(a, b);
    case 'object':
      return compareLists(fieldsOf(a), fieldsOf(b));
  }
  return a < b ? -1 : a > b ? 1 : 0; // exact, also between a bigint and a number
}

function compareLists(a, b) {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = compare(a[i], b[i]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

// fieldsOf lists what of the fields is compared, one after the other: type, name and value.
const fieldsOf = (o) => Object.entries(o).flatMap(([name, v]) => [rank(v), name, v]);

export const fieldOf = (v, name) => (isObject(v) && Object.hasOwn(v, name) ? v[name] : undefined);

// at returns what is at a path in an expression: a list on the way becomes the list of what is there in those of its
// elements that are objects. Steps of digits are names.
export function at(v, [step, ...rest]) {
  if (step === undefined) return v;
  if (!Array.isArray(v)) return at(fieldOf(v, step), rest);
  return v.filter(isObject).map((item) => at(item, [step, ...rest])).filter((found) => found !== undefined);
}

// reach returns the values to which a path leads in a query. A list on the way leads on into those of its elements
// that are objects, and a step of digits also to the element at that position. A list at the end stands for its
// elements and for itself, unless it is asked as a whole.
export function reach(v, [step, ...rest], whole) {
  if (step === undefined) return Array.isArray(v) && !whole ? [...v, v] : [v];
  if (!Array.isArray(v)) return reach(fieldOf(v, step), rest, whole);
  return v.flatMap((item, i) => {
    const named = isObject(item) ? reach(item, [step, ...rest], whole) : [];
    if (step !== String(i)) return named;
    if (rest.length === 0) return [...named, item];
    return isObject(item) || Array.isArray(item) ? [...named, ...reach(item, rest, whole)] : named;
  });
}
