package main

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"
)

// Codes of problems, as the host gives them to its callers.
const (
	codeSyntax     = "cue.syntax"
	codeEvaluation = "cue.evaluation"
	codeIncomplete = "cue.incomplete"
	codeImport     = "cue.import_refused"
	codeMark       = "cue.mark"
	codeTooDeep    = "cue.too_deep"
	codeInternal   = "cue.internal"
)

// problem is one thing that is wrong with a file. Lines and columns count from 1.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Field   string `json:"field,omitempty"`
}

// problems lists every error in err once, in the order of their positions.
func problems(code string, err error, file string) []problem {
	var list []problem
	seen := map[string]bool{}
	for _, each := range errors.Errors(errors.Sanitize(errors.Promote(err, ""))) {
		found := problemOf(code, each, file)
		if key := keyOf(found); !seen[key] {
			seen[key] = true
			list = append(list, found)
		}
	}
	return list
}

// keyOf is what makes a problem the same as another: the scanner and the reader of literals both tell of a character that must not be there, in other words.
func keyOf(found problem) string {
	if strings.HasPrefix(found.Message, "illegal character") {
		return fmt.Sprint("illegal character ", found.Line, ":", found.Column)
	}
	return fmt.Sprint(found)
}

func problemOf(code string, err errors.Error, file string) problem {
	found := problem{Code: code, Message: sentence(err), File: file, Field: strings.Join(err.Path(), ".")}
	if place := placeOf(err, file); place.IsValid() {
		found.Line, found.Column = place.Line(), place.Column()
	}
	return found
}

// sentence is the message of an error with its cause, without the path and positions that are fields of their own.
func sentence(err errors.Error) string {
	format, arguments := err.Msg()
	message := fmt.Sprintf(format, arguments...)
	cause := errors.Unwrap(err)
	switch {
	case strings.TrimSpace(message) == "":
		return err.Error()
	case cause != nil && !strings.Contains(message, cause.Error()):
		return message + ": " + cause.Error()
	default:
		return message
	}
}

// placeOf prefers a position in the named file over one in CUE's own packages.
func placeOf(err errors.Error, file string) token.Pos {
	for _, place := range errors.Positions(err) {
		if place.Filename() == file {
			return place
		}
	}
	return err.Position()
}

// panicked keeps the cause to itself: it may hold a value of the data.
func panicked(cause any, asked question) problem {
	if asked.Kind == "validate" {
		return problem{Code: codeInternal, Message: "CUE gave up on this schema and this data.", File: asked.File}
	}
	return problem{Code: codeInternal, Message: fmt.Sprintf("CUE gave up: %v", cause), File: asked.File}
}
