package main

import (
	"fmt"
	"sort"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/literal"
)

// maxRounds bounds how often data is validated again to see what failing values hid.
const maxRounds = 8

// violation is one field that does not meet the schema.
type violation struct {
	Field    string `json:"field"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	Message  string `json:"message"`
	Schema   place  `json:"schema"`
}

type place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// check is one validation under way.
type check struct {
	schema     *schema
	data       *node
	secrets    *secrets
	violations []violation
	reported   map[string]bool
}

// failure is a value that does not meet the schema, or one that is missing.
type failure struct {
	path    []string
	unknown bool // the schema has no field of this name
}

func validate(asked question) result {
	opened, refused := openSchema(asked)
	if len(refused) > 0 {
		return result{Problems: refused}
	}
	data, refused := openData(asked, opened.form)
	if len(refused) > 0 {
		return result{Problems: refused}
	}
	running := &check{schema: opened, data: data, secrets: hideSecrets(opened.annotations, data), reported: map[string]bool{}}
	running.run()
	sort.SliceStable(running.violations, func(i, j int) bool { return running.violations[i].Field < running.violations[j].Field })
	return result{Form: opened.form, Violations: running.violations, Annotations: opened.annotations}
}

func openData(asked question, form string) (*node, []problem) {
	if _, deep := tooDeep(asked.Data, ""); deep {
		return nil, []problem{{Code: codeTooDeep, Message: fmt.Sprintf("The data is nested deeper than %d levels.", maxNesting)}}
	}
	data, err := readData(asked.Data)
	if err != nil {
		return nil, []problem{{Code: codeSyntax, Message: "The data is not JSON: " + err.Error()}}
	}
	if asked.Form == "auto" && form == "flat" {
		data = data.flatten()
	}
	return data, nil
}

func (running *check) run() {
	unified := running.unify()
	if !running.secrets.references && complete(unified) == nil {
		return
	}
	for round := 0; round < maxRounds; round++ {
		failing := running.failing(unified)
		if len(failing) == 0 {
			break
		}
		unified = running.report(failing)
	}
	unresolved := running.missing(unified)
	if len(running.violations) == 0 && !running.secrets.references {
		running.incomplete(unified, unresolved)
	}
}

// complete says what keeps a value from being whole: conflicts, and whatever is missing.
func complete(unified cue.Value) error {
	return unified.Validate(cue.Concrete(true), cue.Final())
}

func (running *check) unify() cue.Value {
	return running.schema.config.Unify(running.schema.context.BuildExpr(running.data.expression()))
}

// failing lists what is newly wrong; of a path and one below it only the lower.
func (running *check) failing(unified cue.Value) []failure {
	found := map[string]failure{}
	for _, err := range errors.Errors(unified.Validate()) {
		path := pathOf(err)
		key := strings.Join(path, "\x00")
		if running.reported[key] {
			continue
		}
		format, _ := err.Msg()
		found[key] = failure{path: path, unknown: format == "field not allowed"}
	}
	higher := ancestors(found)
	var lowest []failure
	for key, each := range found {
		if !higher[key] {
			lowest = append(lowest, each)
		}
	}
	return running.withinDisjunctions(lowest)
}

// ancestors are the keys above those found.
func ancestors(found map[string]failure) map[string]bool {
	higher := map[string]bool{}
	for key := range found {
		for key != "" {
			key = key[:max(0, strings.LastIndexByte(key, 0))]
			higher[key] = true
		}
	}
	return higher
}

// withinDisjunctions drops what is wrong only in the eyes of an alternative that was not meant.
func (running *check) withinDisjunctions(failing []failure) []failure {
	var meant []failure
	for _, each := range failing {
		constraint, _, known := running.schema.constraint(each.path, running.data)
		value := running.data.find(each.path)
		if known && value != nil && running.chosen(each.path) && constraint.Unify(running.schema.build(value)).Validate() == nil {
			continue
		}
		each.unknown = each.unknown && !known
		meant = append(meant, each)
	}
	if len(meant) == 0 {
		return failing
	}
	return meant
}

// chosen says that an alternative was chosen on the way to a path.
func (running *check) chosen(path []string) bool {
	for length := range path {
		above, _, known := running.schema.constraint(path[:length], nil)
		if !known || alternatives(above) != nil {
			return true
		}
	}
	return false
}

// pathOf is the path of an error in the data: without the definition it was met in, names without quotes.
func pathOf(err errors.Error) []string {
	var path []string
	for _, label := range err.Path() {
		if len(path) > 0 || label != "#Config" {
			path = append(path, unquoted(label))
		}
	}
	return path
}

func unquoted(label string) string {
	if plain, err := literal.Unquote(label); err == nil {
		return plain
	}
	return label
}

// report takes failing values out of the way, and notes what the schema wants in their places.
func (running *check) report(failing []failure) cue.Value {
	values := make([]*node, len(failing))
	wanted := make([]want, len(failing))
	for index, each := range failing {
		running.reported[strings.Join(each.path, "\x00")] = true
		wanted[index] = running.schema.want(each, running.data)
		values[index] = running.data.find(each.path)
	}
	for index, value := range values {
		if value != nil {
			value.blank, value.removed = true, failing[index].unknown && len(failing[index].path) > 0
		}
	}
	unified := running.unify()
	for index, each := range failing {
		running.note(each, values[index], wanted[index].orFrom(unified, each.path, running.secrets))
	}
	return unified
}

func (running *check) note(failed failure, value *node, wanted want) {
	field, got := strings.Join(failed.path, "."), "missing"
	if value != nil {
		got = shorten(running.secrets.show(failed.path, value))
	}
	expected := shorten(wanted.text)
	if running.secrets.marked(failed.path) || running.secrets.above(failed.path) {
		expected = wanted.kind
	}
	message := fmt.Sprintf("%s: expected %s, got %s.", field, expected, got)
	if failed.unknown {
		expected, message = "no such field", fmt.Sprintf("%s: the schema has no such field.", field)
	}
	where := place{File: running.schema.file, Line: wanted.place.Line(), Column: wanted.place.Column()}
	running.violations = append(running.violations, violation{Field: field, Expected: expected, Got: got, Message: strings.TrimPrefix(message, ": "), Schema: where})
}

// incomplete is the last net: whatever CUE still refuses is reported, so that nothing passes by an oversight of this file.
func (running *check) incomplete(unified cue.Value, unresolved []failure) {
	err := complete(unified)
	if err == nil {
		return
	}
	if len(unresolved) == 0 {
		for _, each := range errors.Errors(err) {
			unresolved = append(unresolved, failure{path: pathOf(each)})
		}
	}
	running.report(unresolved)
}
