/** Of this package; its test compares. */
export const VERSION = '0.1.0'
