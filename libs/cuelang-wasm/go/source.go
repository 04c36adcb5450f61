package main

import (
	"fmt"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
)

// CUE's parser and evaluator recurse. The stack of the thread carries several times these lengths.
const (
	maxNesting = 500  // open brackets
	maxChain   = 2000 // operators and colons in one expression
)

// allowed are the packages of CUE's standard library that compute; those that would reach outside (`tool/...`) are not even compiled in.
var allowed = map[string]bool{
	"crypto/ed25519": true, "crypto/hmac": true, "crypto/md5": true, "crypto/sha1": true, "crypto/sha256": true, "crypto/sha512": true,
	"encoding/base64": true, "encoding/csv": true, "encoding/hex": true, "encoding/json": true, "encoding/toml": true, "encoding/yaml": true,
	"html": true, "list": true, "math": true, "math/bits": true, "net": true, "path": true, "regexp": true, "strconv": true, "strings": true,
	"struct": true, "text/tabwriter": true, "time": true, "uuid": true,
}

// parse reads a file and refuses what must not reach the evaluator: nesting that would exhaust the stack, and imports.
func parse(source, file string) (*ast.File, []problem) {
	if place, deep := tooDeep(source, file); deep {
		message := fmt.Sprintf("The file is nested deeper than %d levels, or an expression is longer than %d operators.", maxNesting, maxChain)
		return nil, []problem{{Code: codeTooDeep, Message: message, File: file, Line: place.Line(), Column: place.Column()}}
	}
	tree, err := parser.ParseFile(file, source, parser.ParseComments)
	if err != nil {
		return nil, problems(codeSyntax, err, file)
	}
	return tree, refusedImports(tree, file)
}

func refusedImports(tree *ast.File, file string) []problem {
	var refused []problem
	for spec := range tree.ImportSpecs() {
		path, err := strconv.Unquote(spec.Path.Value)
		if err == nil && allowed[path] {
			continue
		}
		message := fmt.Sprintf("The import of %q is refused: only packages of CUE's standard library that compute may be imported.", path)
		place := spec.Path.Pos()
		refused = append(refused, problem{Code: codeImport, Message: message, File: file, Line: place.Line(), Column: place.Column()})
	}
	return refused
}

// tooDeep counts open brackets, and the operators and colons since the last separator, without building a tree.
func tooDeep(source, file string) (token.Pos, bool) {
	var scan scanner.Scanner
	content := token.NewFile(file, -1, len(source))
	scan.Init(content, []byte(source), func(token.Pos, string, []any) {}, 0)
	chains := []int{0}
	for {
		place, kind, _ := scan.Scan()
		switch {
		case kind == token.EOF:
			return place, false
		case kind == token.LPAREN || kind == token.LBRACK || kind == token.LBRACE || kind == token.INTERPOLATION:
			chains = append(chains, 0)
		case kind == token.RPAREN || kind == token.RBRACK || kind == token.RBRACE:
			chains = chains[:max(1, len(chains)-1)]
		case kind == token.COMMA:
			chains[len(chains)-1] = 0
		case kind.IsOperator():
			chains[len(chains)-1]++
		}
		if len(chains) > maxNesting || chains[len(chains)-1] > maxChain {
			return place, true
		}
	}
}
