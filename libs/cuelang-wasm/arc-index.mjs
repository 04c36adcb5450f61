// CUE looks for a field of a struct by going through all of them, so that a struct of n fields costs n² comparisons: three fifths of the time for 10,000
// fields. This gives the evaluator an index of large structs (docs/decisions/023). Each edit must find its text, as in strip.mjs.
const ADT = 'vendor/cuelang.org/go/internal/core/adt/'
/** A new error is compared with all before it, n² for n wrong fields. Equal errors come one after the other, and whoever lists them takes each path once. */
const ERRORS = 'vendor/cuelang.org/go/cue/errors/errors.go'

/** The search of `getArc`, up to what it says of the arc that it makes. */
const loop = /\tfor _, a := range v\.Arcs \{\n\t\tif a\.Label == f \{\n\t\t\tif f\.IsLet\(\)[^]*?\n\t\t\}\n\t\}\n(?=\n\t\/\/ getArc is)/

const lookup = `	if a := n.arcs.find(v.Arcs, f); a != nil {
		if f.IsLet() {
			a.MultiLet = true
		}
		a.updateArcType(mode)
		return a, false
	}
`

/**
 * What is found is compared with what was asked for, so a wrong place costs a search and nothing else. That there is nothing counts only where every arc has
 * been indexed: arcs are added at the end; where they were replaced, copied or taken out, the last one that was indexed is not in its place any more.
 */
const index = `
type arcIndex struct {
	places map[Feature]int
	known  int
	last   *Vertex
}

const arcsIndexedFrom = 32

func (index *arcIndex) find(arcs []*Vertex, f Feature) *Vertex {
	if len(arcs) < arcsIndexedFrom {
		return findArc(arcs, f)
	}
	if index.places == nil || index.known > len(arcs) || arcs[index.known-1] != index.last {
		*index = arcIndex{places: make(map[Feature]int, 2*len(arcs))}
	}
	for ; index.known < len(arcs); index.known++ {
		index.last = arcs[index.known]
		if _, twice := index.places[index.last.Label]; !twice {
			index.places[index.last.Label] = index.known
		}
	}
	at, known := index.places[f]
	if !known {
		return nil
	}
	if arcs[at].Label == f {
		return arcs[at]
	}
	return findArc(arcs, f)
}

func findArc(arcs []*Vertex, f Feature) *Vertex {
	for _, a := range arcs {
		if a.Label == f {
			return a
		}
	}
	return nil
}
`

/** @type {import('./strip.mjs').strips} */
export const arcIndex = [
  { file: `${ADT}eval.go`, edits: [['\tnode *Vertex\n\n\t// parent keeps', '\tnode *Vertex\n\n\tarcs arcIndex\n\n\t// parent keeps']] },
  { file: ERRORS, edits: [['if slices.Contains(a, err) {', 'if slices.Contains(a[max(0, len(a)-32):], err) {']] },
  {
    file: `${ADT}fields.go`,
    edits: [
      [loop, lookup],
      [/$/, index],
    ],
  },
]
