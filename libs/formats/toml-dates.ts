const MONTH_AND_DAY = '(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)'
/** Divisible by 4, and by 400 where it ends a century. */
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
const DAY = `(?:[0-9]{4}-${MONTH_AND_DAY}|${LEAP_YEAR}-02-29)`
const HOUR_AND_MINUTE = '(?:[01][0-9]|2[0-3]):[0-5][0-9]'
/** TOML 1.1 leaves the seconds out. */
const TIME = `${HOUR_AND_MINUTE}(?::[0-5][0-9](?:\\.[0-9]+)?)?`

/** A date, a time, or both with or without an offset, that there is: the source of a pattern. */
export const DATE = `(?:${DAY}(?:[Tt ]${TIME}(?:[Zz]|[+-]${HOUR_AND_MINUTE})?)?|${TIME})`

const WHOLE = new RegExp(`^${DATE}$`)
/** What the library takes for a date, by three of its characters. */
const LIKE_DATE = /^[0-9]{2}(?:[0-9]{2}-|:)/

/** Is a bare value taken for a date by the library that is none? It lets pass what JavaScript's own dates do: days that no month has, letters for digits, or half a text. */
export function isNoDate(literal: string): boolean {
  return LIKE_DATE.test(literal) && !WHOLE.test(literal)
}
