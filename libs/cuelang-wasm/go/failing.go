package main

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// What CUE says of a name that the schema does not have or rules out (`old?: _|_`), and of a choice of which no alternative fits.
const (
	notAllowed  = "field not allowed"
	ruledOut    = "explicit error (_|_ literal) in source"
	noneFitting = "%d errors in empty disjunction:"
)

// failure is a value that does not meet the schema, or one that is missing.
type failure struct {
	path    []string
	unknown bool // the schema has no field of this name
	split   bool // the schema has alternatives for it
	places  []token.Pos
}

func (failed failure) key() string { return strings.Join(failed.path, "\x00") }

// failing lists what is newly wrong. Of a choice it is the whole; of an unknown map the map; of any other path and one below it the lower, for that is the cause.
func (running *check) failing(unified cue.Value) []failure {
	return running.failures(unified, unified.Validate())
}

func (running *check) failures(unified cue.Value, err error) []failure {
	list := running.topmost(running.read(unified, err))
	wholes := map[string]bool{}
	for _, each := range list {
		wholes[each.key()] = wholes[each.key()] || each.split || each.unknown
	}
	found, higher := map[string]failure{}, map[string]bool{}
	for _, each := range list {
		above := ancestors(each.key())
		if slices.ContainsFunc(above, func(key string) bool { return wholes[key] }) {
			continue
		}
		if known, ok := found[each.key()]; !ok || !known.unknown {
			found[each.key()] = each
		}
		for _, key := range above {
			higher[key] = true
		}
	}
	return lowest(found, higher, wholes)
}

func lowest(found map[string]failure, higher, wholes map[string]bool) []failure {
	var kept []failure
	for key, each := range found {
		if wholes[key] || !higher[key] {
			kept = append(kept, each)
		}
	}
	slices.SortFunc(kept, func(one, other failure) int { return slices.Compare(one.path, other.path) })
	return kept
}

// read takes the paths out of CUE's errors, without those already told; what lies below a choice is a matter of the choice.
func (running *check) read(unified cue.Value, err error) []failure {
	root := len(unified.Path().Selectors())
	var list []failure
	for _, each := range errors.Errors(err) {
		path := running.present(pathOf(each, root))
		format, _ := each.Msg()
		depth := running.splitAt(path)
		found := failure{path: path[:depth], places: errors.Positions(each)}
		found.unknown = format == notAllowed && depth == len(path) && !running.knows(path)
		found.split = depth < len(path) || format == noneFitting && running.nested(path)
		if format == ruledOut {
			found = running.ruledOut(found)
		}
		if !running.reported[found.key()] && !slices.ContainsFunc(ancestors(found.key()), func(key string) bool { return running.reported[key] }) {
			list = append(list, found)
		}
	}
	return list
}

// present ends a path where the data has a text or number in place of a map or list: nothing below it is anybody's to mend.
func (running *check) present(path []string) []string {
	value := running.data
	for depth, label := range path {
		if value == nil {
			break
		}
		if value.labels == nil && !value.blank {
			return path[:depth]
		}
		value = value.child(label)
	}
	return path
}

// ruledOut finds the name in the data that the schema has as an error, for CUE tells of the map around it.
func (running *check) ruledOut(failed failure) failure {
	constraint, known := descend(running.config, failed.path)
	value := running.data.find(failed.path)
	if !known || value == nil {
		return failed
	}
	for _, label := range value.labels {
		if below := step(constraint, label); value.child(label) != nil && below.Err() != nil && below.Exists() && below.IncompleteKind() == cue.BottomKind {
			return failure{path: extend(failed.path, label), unknown: true}
		}
	}
	return failed
}

// splitAt is how deep a path goes until the schema has alternatives for a map or list that the data has there; else its length.
func (running *check) splitAt(path []string) int {
	constraint, value := running.config, running.data
	for depth, label := range path {
		if value == nil || !constraint.Exists() || !running.weighing() {
			break
		}
		key := strings.Join(path[:depth], "\x00")
		split, known := running.split[key]
		if !known {
			split = len(alternatives(constraint, value)) > 0
			running.split[key] = split
		}
		if split {
			return depth
		}
		constraint, value = step(constraint, label), value.child(label)
	}
	return len(path)
}

func (running *check) nested(path []string) bool {
	value := running.data.find(path)
	return value != nil && value.labels != nil
}

func (running *check) knows(path []string) bool {
	_, known := descend(running.config, path)
	return known
}

// ancestors are the keys above one.
func ancestors(key string) []string {
	var above []string
	for key != "" {
		key = key[:max(0, strings.LastIndexByte(key, 0))]
		above = append(above, key)
	}
	return above
}

// pathOf is the path of an error in the data: without the root of the value it was met in, names without quotes.
func pathOf(err errors.Error, root int) []string {
	labels := err.Path()
	path := make([]string, 0, len(labels))
	for _, label := range labels[min(root, len(labels)):] {
		path = append(path, unquoted(label))
	}
	return path
}

func unquoted(label string) string {
	if plain, err := literal.Unquote(label); err == nil {
		return plain
	}
	return label
}
