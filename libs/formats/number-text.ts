/** Longest hexadecimal, octal or binary number that is turned into decimal digits: the conversion is not linear. */
const MAX_BASED_DIGITS = 4096

/**
 * A decimal literal of a file as a JSON number with its written digits: `+1_000` is `1000`, `.5` is `0.5`, `5.` is `5.0`, `007` is `7`; `-0`, `1.10` and `1e400` stay.
 * @param literal sign, digits with `_` between them, optional fraction and exponent
 */
export function decimalText(literal: string): string {
  const [, sign = '', integer = '', dot = '', fraction = '', exponent = ''] =
    /^([-+]?)([0-9]*)(\.?)([0-9]*)(.*)$/.exec(literal.replaceAll('_', '')) ?? []
  const whole = integer.replace(/^0+(?=[0-9])/, '') || '0'
  return `${sign === '-' ? '-' : ''}${whole}${dot && `.${fraction || '0'}`}${exponent}`
}

/**
 * A hexadecimal, octal or binary literal (`0x1F`, `0o17`, `0b11`) in decimal digits; `undefined` when it is too long to convert in bounded time.
 */
export function basedText(literal: string): string | undefined {
  return literal.length > MAX_BASED_DIGITS ? undefined : BigInt(literal.replaceAll('_', '')).toString()
}
