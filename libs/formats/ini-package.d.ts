/** The package `ini` has no types of its own; this is the part that is used. */
declare module 'ini' {
  export interface IniSection {
    readonly [key: string]: string | boolean | null | IniSection
  }
  export function parse(text: string): IniSection
  /** A key or value, quoted or escaped so that `parse` gives it back. */
  export function safe(value: string): string
}
