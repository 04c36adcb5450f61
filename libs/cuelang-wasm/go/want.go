package main

import (
	"fmt"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/token"
)

// maxShown is how much of a constraint or value a message holds, in bytes.
const maxShown = 200

// another is said where the schema wants something else, and nothing can be said of it that neither misleads nor shows a secret.
const another = "another value"

// want is what a schema asks for at a path. Its kind can be shown for secrets too, for which a default or constant may be the secret.
type want struct {
	text     string
	kind     string
	place    token.Pos
	constant bool
	hidden   bool // a condition that is no field of the data
	public   bool // the path is there without the secrets too
}

// want takes what is asked for from the value without failing data and without secrets. Where that has no answer or depends on a secret, it is what
// stands in the schema.
func (running *check) want(failed found, public, unified cue.Value) want {
	value, known := descend(public, failed.path)
	alone, inSchema := descend(running.config, failed.path)
	wanted := want{public: known || inSchema, kind: kindOf(value, alone), place: firstPlace(alone, value, running.deepest(failed.path))}
	if !wanted.place.IsValid() {
		wanted.place = running.place
	}
	if failed.unknown {
		return wanted
	}
	if condition, hidden := running.hidden(failed); hidden {
		wanted.text, wanted.place, wanted.hidden, wanted.public = sourceOf(condition), condition.Pos(), true, true
		return wanted
	}
	wanted.constant = known && scalar(value)
	same := !running.secrets.hiding || textOf(value) == running.textIn(unified, failed.path)
	switch {
	case known && same && running.refuses(value, failed):
		wanted.text = textOf(running.refusing(value, failed))
	case inSchema && same && running.refuses(alone, failed):
		wanted.text = textOf(running.refusing(alone, failed))
	default:
		wanted.text = sourceOf(alone, value)
	}
	if wanted.text == "" && !running.secrets.hiding {
		running.schema.sourceAt(failed.places, &wanted)
	}
	if wanted.text == "" || running.secrets.within(wanted.text) {
		wanted.text = wanted.kind
	}
	if failed.value == nil && (wanted.text == "_" || wanted.text == another) {
		wanted.text = "a value"
	}
	return wanted
}

// refuses says that a value is of use to explain a failure: it says something, and something that the data does not meet.
func (running *check) refuses(value cue.Value, failed found) bool {
	if text := textOf(value); text == "_" || value.Err() != nil && value.IncompleteKind() == cue.BottomKind {
		return false
	}
	return failed.value == nil || running.whole || value.Unify(failed.literal).Validate() != nil
}

// refusing is the part of a constraint that a list or map does not meet, for the whole would be shown without it (`list.MaxItems(2) & [...int]`).
func (running *check) refusing(constraint cue.Value, failed found) cue.Value {
	if failed.value == nil || failed.value.labels == nil || running.whole {
		return constraint
	}
	operator, parts := constraint.Expr()
	if operator != cue.AndOp {
		return constraint
	}
	for _, part := range parts {
		if part.Unify(failed.literal).Validate() != nil {
			return running.refusing(part, failed)
		}
	}
	return constraint
}

func textOf(value cue.Value) string {
	return strings.Join(strings.Fields(fmt.Sprint(value)), " ")
}

// sourceOf is the first expression that the schema has for one of some values. Expressions of the data have no position.
func sourceOf(values ...cue.Value) string {
	for _, value := range values {
		source := value.Source()
		if field, ok := source.(*ast.Field); ok {
			source = field.Value
		}
		expression, ok := source.(ast.Expr)
		if _, structure := expression.(*ast.StructLit); !ok || structure || !expression.Pos().IsValid() {
			continue
		}
		return sourceText(expression)
	}
	return ""
}

func sourceText(expression ast.Expr) string {
	text, err := format.Node(expression)
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

// hidden is a condition of the schema that the data does not meet (`_check: true & (low < high)`).
func (running *check) hidden(failed found) (condition cue.Value, hidden bool) {
	last := len(failed.path) - 1
	if failed.value != nil || last < 0 || !strings.HasPrefix(failed.path[last], "_") {
		return cue.Value{}, false
	}
	above := running.deepest(failed.path[:last])
	condition = above.LookupPath(cue.MakePath(cue.Hid(failed.path[last], "_")))
	return condition, condition.Exists()
}

func (running *check) textIn(unified cue.Value, path []string) string {
	value, _ := descend(unified, path)
	return textOf(value)
}

// sourceAt takes the expression of the schema that CUE complained of.
func (opened *schema) sourceAt(places []token.Pos, wanted *want) {
	for _, place := range places {
		ast.Walk(opened.tree, func(node ast.Node) bool {
			if field, ok := node.(*ast.Field); ok && field.Value.Pos() == place {
				wanted.text, wanted.place = sourceText(field.Value), place
			}
			return wanted.text == ""
		}, nil)
	}
}

func kindOf(values ...cue.Value) string {
	for _, value := range values {
		if kind := value.IncompleteKind(); kind != cue.BottomKind && kind != cue.TopKind {
			return kind.String()
		}
	}
	return another
}

func firstPlace(values ...cue.Value) token.Pos {
	for _, value := range values {
		if place := value.Pos(); place.IsValid() {
			return place
		}
	}
	return token.NoPos
}

func scalar(value cue.Value) bool {
	return value.IsConcrete() && value.Kind()&(cue.StructKind|cue.ListKind) == 0
}

// deepest is what the schema has nearest above a path.
func (running *check) deepest(path []string) cue.Value {
	found := running.config
	for _, label := range path {
		next := step(found, label)
		if !next.Exists() {
			break
		}
		found = next
	}
	return found
}

func descend(from cue.Value, path []string) (found cue.Value, known bool) {
	for _, label := range path {
		if from = step(from, label); !from.Exists() {
			return from, false
		}
	}
	return from, from.Exists()
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

func shorten(text string) string {
	if len(text) <= maxShown {
		return text
	}
	return strings.ToValidUTF8(text[:maxShown], "") + "…"
}
