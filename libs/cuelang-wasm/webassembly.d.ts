/** The part of the WebAssembly API that this folder uses. Node 20's types have none, and those of a browser would bring all of its globals. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
    static imports(module: Module): { module: string; name: string; kind: string }[]
  }
  interface Memory {
    readonly buffer: ArrayBuffer
  }
  interface Instance {
    readonly exports: Record<string, unknown>
  }
  type Imports = Record<string, Record<string, (...numbers: number[]) => number>>
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>
  function instantiate(module: Module, imports: Imports): Promise<Instance>
}
