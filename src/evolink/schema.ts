import * as v from 'valibot';

/** The fields of EvoLink's answers, each read tolerantly. */

const MAX_TEXT = 2000;

/** A field that is left out when it is missing or of another type. */
export const lenient = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.fallback(v.optional(schema), undefined);
/** Longer text is cut: no answer fills the log or the ledger. */
export const words = v.pipe(
  v.string(),
  v.transform(value => value.trim().slice(0, MAX_TEXT)),
);
export const text = lenient(words);
/** The first `max` entries of a list, for no answer may stop the window: of a longer one nothing more is looked at. */
export const listOf = <Schema extends v.GenericSchema>(entry: Schema, max: number) =>
  v.pipe(
    v.custom<readonly unknown[]>(Array.isArray),
    v.transform(list => list.slice(0, max)),
    v.array(entry),
  );
/** Codes come as text or as numbers; in one line. */
export const code = lenient(
  v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.finite())]),
    v.transform(value => String(value).trim().replaceAll(/\s+/g, ' ').slice(0, 128)),
    v.nonEmpty(),
  ),
);
/** A number, also as text: a charge that can't be read would be taken for none. */
const figure = v.union([
  v.number(),
  v.pipe(v.string(), v.trim(), v.regex(/^-?\d+(\.\d+)?$/), v.transform(Number)),
]);
/** No account has more: a larger figure is a fault, and sums of it would be endless. */
const MAX_AMOUNT = 1e12;
export const amount = lenient(v.pipe(figure, v.minValue(-MAX_AMOUNT), v.maxValue(MAX_AMOUNT)));
/** Not negative. */
export const positive = lenient(v.pipe(figure, v.minValue(0), v.maxValue(MAX_AMOUNT)));
export const flag = lenient(v.boolean());
export const percent = lenient(
  v.pipe(
    figure,
    v.finite(),
    v.transform(value => Math.min(100, Math.max(0, value))),
  ),
);
/** Seconds since 1970 as the reference says, or milliseconds; in milliseconds. */
export const time = lenient(
  v.pipe(
    figure,
    v.minValue(1),
    v.maxValue(8.64e15),
    v.transform(value => Math.round(value < 1e11 ? value * 1000 : value)),
  ),
);
/** What can stand in the path of a query. EvoLink's ids begin with `task-unified-`, those of newer back ends don't. */
export const TaskId = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.safeInteger())]),
  v.transform(value => String(value).trim()),
  v.regex(/^[A-Za-z0-9._:-]{1,128}$/),
  v.regex(/[A-Za-z0-9]/),
);
