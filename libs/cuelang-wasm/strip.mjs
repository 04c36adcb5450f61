// What CUE carries that a program without files, network and child processes has no use for. Each edit must find its text, so that an update of CUE
// that moves something fails the build instead of growing the module.
const CUE = 'vendor/cuelang.org/go/'

/** Packages of CUE's library that are left out: they reach outside, or bring an interpreter of templates. */
const unregistered = ['encoding/openapi', 'text/template', 'tool', 'tool/cli', 'tool/exec', 'tool/file', 'tool/http', 'tool/os']

/** @type {{file: string, edits?: [string | RegExp, string][], content?: string}[]} */
export const strips = [
  { file: `${CUE}pkg/register.go`, edits: unregistered.map((name) => [`\t_ "cuelang.org/go/pkg/${name}"\n`, '']) },
  {
    file: `${CUE}cue/cuecontext/cuecontext.go`,
    edits: [
      ['\t"cuelang.org/go/cue/inject/embed"\n', ''],
      ['\tr.AddInjection(embed.New())\n', ''],
    ],
  },
  // Runtime.Marshal and Unmarshal, the only use of gob.
  { file: `${CUE}cue/marshal.go`, content: 'package cue\n\ntype Unmarshaler interface {\n\tUnmarshalCUE(v Value) error\n}\n' },
  // The HTTP client of module registries.
  { file: `${CUE}internal/cueversion/transport.go`, content: 'package cueversion\n' },
  // Statistics as text.
  {
    file: `${CUE}cue/stats/stats.go`,
    edits: [
      ['\t"strings"\n\t"sync"\n\t"text/template"\n', ''],
      [/\nvar stats = [^]*$/, '\nfunc (c Counts) String() string { return "" }\n'],
    ],
  },
  // Graphs of the evaluator in a browser.
  {
    file: `${CUE}internal/core/adt/debug.go`,
    content:
      'package adt\n\nvar (\n\tDebugDeps = false\n\tOpenGraphs = false\n)\n\nfunc openDebugGraph(ctx *OpContext, v *Vertex, name string) {}\n\nfunc RecordDebugGraph(ctx *OpContext, v *Vertex, name string) {}\n',
  },
]
