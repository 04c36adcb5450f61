package main

import (
	"strconv"

	"cuelang.org/go/cue"
)

// absence looks for fields that must be there.
type absence struct {
	missing    []failure
	unresolved []failure // values that wait for others, so most likely for something missing
}

// missing reports every field that must be there, and gives the values that wait for others.
func (running *check) missing(unified cue.Value) []failure {
	found := &absence{}
	found.visit(unified, nil, running.data)
	if len(found.missing) > 0 {
		running.report(running.choices(found.missing))
	}
	return found.unresolved
}

// choices gives what is missing in an alternative the path of the choice: another alternative may have been meant, with an error in it.
func (running *check) choices(missing []failure) []failure {
	var list []failure
	seen := map[string]bool{}
	for _, each := range missing {
		if depth := running.splitAt(each.path); depth < len(each.path) {
			each = failure{path: each.path[:depth], split: true}
		}
		if !seen[each.key()] {
			seen[each.key()] = true
			list = append(list, each)
		}
	}
	return list
}

func (found *absence) visit(value cue.Value, path []string, data *node) {
	if data != nil && data.blank {
		return
	}
	value, _ = value.Default()
	switch {
	case value.Err() != nil:
		found.unresolved = append(found.unresolved, failure{path: path})
	case value.Kind() == cue.StructKind:
		found.fields(value, path, data)
	case value.Kind() == cue.ListKind:
		found.elements(value, path, data)
	case !value.IsConcrete():
		found.missing = append(found.missing, failure{path: path, split: data != nil && data.labels != nil})
	}
}

func (found *absence) fields(value cue.Value, path []string, data *node) {
	fields, err := value.Fields(cue.Optional(true))
	if err != nil {
		return
	}
	for fields.Next() {
		selector := fields.Selector()
		if selector.LabelType() != cue.StringLabel || selector.ConstraintType() == cue.OptionalConstraint {
			continue
		}
		below := extend(path, selector.Unquoted())
		if selector.ConstraintType() == cue.RequiredConstraint {
			found.missing = append(found.missing, failure{path: below})
			continue
		}
		found.visit(fields.Value(), below, data.child(selector.Unquoted()))
	}
}

func (found *absence) elements(value cue.Value, path []string, data *node) {
	elements, err := value.List()
	if err != nil {
		return
	}
	for index := 0; elements.Next(); index++ {
		label := strconv.Itoa(index)
		found.visit(elements.Value(), extend(path, label), data.child(label))
	}
}

// extend makes a longer path that shares no memory with others.
func extend(path []string, label string) []string {
	return append(path[:len(path):len(path)], label)
}
