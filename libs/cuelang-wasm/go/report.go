package main

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"
)

// What a violation says against the alternative that it is a violation of: another constant (`kind: "git"`) rules it out.
const (
	weightConstant = 1000
	weightName     = 10
	weightValue    = 1
)

// found is a failure with what the data has in its place.
type found struct {
	failure
	value   *node
	literal cue.Value
}

// report takes failing values out of the way, and tells what the schema wants in their places. Only so many are looked into; all are taken away.
func (running *check) report(failing []failure) cue.Value {
	looked := failing
	if room := running.told.most - running.told.count(); len(failing) > room {
		running.told.more += len(failing) - room
		looked = failing[:room]
	}
	list := make([]found, len(looked))
	for index, each := range looked {
		list[index] = running.look(each)
	}
	for _, each := range failing {
		running.reported[each.key()] = true
		if value := running.data.find(each.path); value != nil {
			value.blank, value.removed = true, each.unknown && len(each.path) > 0
		}
	}
	if running.told.full() {
		return cue.Value{}
	}
	unified := running.unify()
	public := running.public(unified)
	for _, each := range list {
		if !running.chosen(each, public) {
			running.note(each, running.want(each, public, unified))
		}
	}
	return unified
}

// look takes a copy of what the data has, and builds its value, as long as it is not taken away.
func (running *check) look(failed failure) found {
	value := running.data.find(failed.path)
	if value == nil {
		return found{failure: failed}
	}
	value = value.copy()
	seen := found{failure: failed, value: value}
	if !failed.unknown {
		seen.literal = running.schema.build(value)
	}
	return seen
}

func (running *check) note(failed found, wanted want) {
	path := running.full(failed.path)
	field, got := running.secrets.name(path, running.shown(failed, wanted)), "missing"
	if failed.value != nil {
		got = shorten(running.secrets.show(path, failed.value))
	}
	expected := shorten(wanted.text)
	if running.secrets.marked(path) || running.secrets.above(path) {
		expected = wanted.kind
	}
	message := fmt.Sprintf("%s: expected %s, got %s.", field, expected, got)
	if wanted.hidden {
		message = fmt.Sprintf("%s: the data does not meet this condition of the schema: %s.", field, expected)
	}
	if failed.unknown {
		expected, message = "no such field", fmt.Sprintf("%s: the schema has no such field.", field)
	}
	where := place{File: running.schema.file, Line: wanted.place.Line(), Column: wanted.place.Column()}
	message = strings.TrimPrefix(message, ": ")
	running.told.add(violation{Field: field, Expected: expected, Got: got, Message: message, Schema: where, weight: weigh(failed, wanted)})
}

// shown is how much of a path is no secret: what the data or the schema without the secrets has.
func (running *check) shown(failed found, wanted want) int {
	if failed.value != nil || wanted.public {
		return len(running.prefix) + len(failed.path)
	}
	return len(running.prefix) + len(failed.path) - 1
}

func weigh(failed found, wanted want) int {
	switch {
	case failed.unknown || failed.value == nil:
		return weightName
	case wanted.constant && failed.value.labels == nil:
		return weightConstant
	default:
		return weightValue
	}
}
