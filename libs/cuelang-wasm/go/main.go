// Command cuelang-wasm answers questions about CUE files. It is a WASI reactor without files, arguments or environment: the host writes a request
// into memory, calls it, and reads the reply.
package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// collectAbove is the heap, in bytes, above which garbage is collected between two calls; nothing else runs the collector in time.
const collectAbove = 32 << 20

var (
	incoming []byte
	outgoing []byte
)

// growth is how much, in percent, the heap may grow before the collector runs within a call; most calls end before it is worth its time.
const growth = 400

func init() { debug.SetGCPercent(growth) }

func main() {}

// request makes room for a request of size bytes and tells where.
//
//go:wasmexport request
func request(size uint32) unsafe.Pointer {
	incoming = make([]byte, size+1)
	return unsafe.Pointer(&incoming[0])
}

// call answers the request in memory and tells the length of the reply.
//
//go:wasmexport call
func call() uint32 {
	outgoing = answer(incoming[:len(incoming)-1])
	incoming = nil
	return uint32(len(outgoing))
}

// reply tells where the reply of the last call is.
//
//go:wasmexport reply
func reply() unsafe.Pointer {
	return unsafe.Pointer(&outgoing[0])
}

// tidy collects garbage where there is much of it; the host calls it when it has read the reply.
//
//go:wasmexport tidy
func tidy() {
	outgoing = nil
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if stats.HeapAlloc > collectAbove {
		runtime.GC()
	}
}

// question is what the host asks; which fields count depends on Kind.
type question struct {
	Kind   string `json:"kind"`
	Source string `json:"source"`
	File   string `json:"file"`
	Data   string `json:"data"`
	Form   string `json:"form"`
}

// result is the reply: problems, or what the kind of question asks for.
type result struct {
	Problems    []problem    `json:"problems,omitempty"`
	JSON        string       `json:"json,omitempty"`
	Positions   [][3]any     `json:"positions,omitempty"`
	Form        string       `json:"form,omitempty"`
	Violations  []violation  `json:"violations,omitempty"`
	More        int          `json:"more,omitempty"`
	Annotations []annotation `json:"annotations,omitempty"`
}

func answer(text []byte) []byte {
	var asked question
	if err := json.Unmarshal(text, &asked); err != nil {
		return encode(result{Problems: []problem{{Code: codeInternal, Message: err.Error()}}})
	}
	return encode(dispatch(asked))
}

func dispatch(asked question) (found result) {
	defer func() {
		if cause := recover(); cause != nil {
			found = result{Problems: []problem{panicked(cause, asked)}}
		}
	}()
	switch asked.Kind {
	case "evaluate":
		return evaluate(asked)
	case "validate":
		return validate(asked)
	default:
		return describe(asked)
	}
}

func encode(found result) []byte {
	text, err := json.Marshal(found)
	if err != nil {
		panic(err)
	}
	return text
}
