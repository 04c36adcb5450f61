package main

import (
	"fmt"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"
)

// maxShown is how much of a constraint or value a message holds, in bytes.
const maxShown = 200

// want is what a schema asks for at a path. Its kind can be shown for secrets too, for which a default or constant may be the secret.
type want struct {
	text  string
	kind  string
	place token.Pos
}

func wantOf(constraint cue.Value) want {
	text := strings.Join(strings.Fields(fmt.Sprint(constraint)), " ")
	return want{text: text, kind: constraint.IncompleteKind().String(), place: constraint.Pos()}
}

// want reads what is asked for from the schema alone, for the unified value shows the data and with it secrets. It is empty where only the data
// decides: a field inside a condition, or one that refers to another.
func (opened *schema) want(failed failure, data *node) want {
	constraint, deepest, known := opened.constraint(failed.path, data)
	value := data.find(failed.path)
	if !known || value != nil && constraint.Unify(opened.build(value)).Validate() == nil {
		return want{place: deepest.Pos()}
	}
	if value != nil {
		constraint = opened.refusing(constraint, value)
	}
	return wantOf(constraint)
}

// refusing is the part of a constraint that a list or map does not meet, for the whole would be shown without it (`list.MaxItems(2) & [...int]`).
func (opened *schema) refusing(constraint cue.Value, value *node) cue.Value {
	operator, parts := constraint.Expr()
	if operator != cue.AndOp || value.labels == nil {
		return constraint
	}
	for _, part := range parts {
		if part.Unify(opened.build(value)).Validate() != nil {
			return opened.refusing(part, value)
		}
	}
	return constraint
}

// orFrom fills an empty want from the unified value, out of which the failing data was taken; unless what it says holds a secret.
func (wanted want) orFrom(unified cue.Value, path []string, hidden *secrets) want {
	if wanted.text != "" {
		return wanted
	}
	value, _, known := descend(unified, path, func(above cue.Value, _ int) cue.Value { return above })
	if !known {
		return want{text: "nothing", kind: "nothing", place: wanted.place}
	}
	from := wantOf(value)
	if hidden.within(from.text) {
		from.text = from.kind
	}
	if !from.place.IsValid() {
		from.place = wanted.place
	}
	return from
}

// constraint finds what the schema says about a path. Of alternatives it takes the one that fits the data best; without data it does not choose.
func (opened *schema) constraint(path []string, data *node) (found, deepest cue.Value, known bool) {
	return descend(opened.config, path, func(above cue.Value, depth int) cue.Value {
		if data == nil {
			return above
		}
		return opened.choose(above, data.find(path[:depth]))
	})
}

func descend(from cue.Value, path []string, choose func(above cue.Value, depth int) cue.Value) (found, deepest cue.Value, known bool) {
	for depth, label := range path {
		from = choose(from, depth)
		next := step(from, label)
		if !next.Exists() {
			return next, from, false
		}
		from = next
	}
	return from, from, true
}

func step(parent cue.Value, label string) cue.Value {
	selectors := []cue.Selector{cue.Str(label), cue.Str(label).Optional(), cue.Str(label).Required(), cue.AnyString}
	if index, err := strconv.Atoi(label); err == nil && parent.IncompleteKind() == cue.ListKind {
		selectors = []cue.Selector{cue.Index(index), cue.AnyIndex}
	}
	var next cue.Value
	for _, selector := range selectors {
		if next = parent.LookupPath(cue.MakePath(selector)); next.Exists() {
			return next
		}
	}
	return next
}

// alternatives are the disjuncts of a value that is a choice between maps.
func alternatives(value cue.Value) []cue.Value {
	if value.IncompleteKind() != cue.StructKind {
		return nil
	}
	operator, disjuncts := value.Expr()
	if operator != cue.OrOp {
		return nil
	}
	return disjuncts
}

func (opened *schema) choose(value cue.Value, data *node) cue.Value {
	disjuncts := alternatives(value)
	if disjuncts == nil || data == nil {
		return value
	}
	best := -1
	for _, disjunct := range disjuncts {
		if distance := opened.distance(disjunct, data); best < 0 || distance < best {
			best, value = distance, disjunct
		}
	}
	return value
}

// contradiction is what a constant of an alternative weighs that the data has otherwise (`type: "file"`), against one for any other error.
const contradiction = 1000

func (opened *schema) distance(disjunct cue.Value, data *node) int {
	distance := len(errors.Errors(disjunct.Unify(opened.build(data)).Validate()))
	fields, err := disjunct.Fields()
	if err != nil {
		return distance
	}
	for fields.Next() {
		value, constant := data.child(fields.Selector().Unquoted()), fields.Value()
		if value != nil && constant.IsConcrete() && constant.Unify(opened.build(value)).Validate() != nil {
			distance += contradiction
		}
	}
	return distance
}

func shorten(text string) string {
	if len(text) <= maxShown {
		return text
	}
	return strings.ToValidUTF8(text[:maxShown], "") + "…"
}
