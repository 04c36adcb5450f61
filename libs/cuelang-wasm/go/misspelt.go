package main

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
)

// known are the marks. Other attributes are other programs' (`@go`, `@protobuf`) and left alone.
var known = []string{"secret", "logger"}

// misspelt refuses marks that are but one slip from ours: what @secrt marks would be shown to everybody.
func misspelt(tree *ast.File, file string) []problem {
	var found []problem
	ast.Walk(tree, func(node ast.Node) bool {
		attribute, ok := node.(*ast.Attribute)
		if !ok || slices.Contains(known, attribute.Name()) {
			return true
		}
		for _, mark := range known {
			if oneSlip(strings.ToLower(attribute.Name()), mark) {
				message := fmt.Sprintf("@%s is no mark: did you mean @%s?", attribute.Name(), mark)
				place := attribute.Pos()
				found = append(found, problem{Code: codeMark, Message: message, File: file, Line: place.Line(), Column: place.Column()})
			}
		}
		return true
	}, nil)
	return found
}

// oneSlip says that two names differ by one letter at the most: one too many, one too few, another one, or two that changed places.
func oneSlip(one, other string) bool {
	start := 0
	for start < min(len(one), len(other)) && one[start] == other[start] {
		start++
	}
	one, other = one[start:], other[start:]
	switch len(one) - len(other) {
	case 1:
		return one[1:] == other
	case -1:
		return one == other[1:]
	case 0:
		return len(one) == 0 || one[1:] == other[1:] || len(one) > 1 && one[0] == other[1] && one[1] == other[0] && one[2:] == other[2:]
	}
	return false
}
