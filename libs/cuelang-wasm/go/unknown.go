package main

import (
	"strings"

	"cuelang.org/go/cue"
)

// topmost gives unknown names the path of the highest map above them that is unknown as a whole: CUE tells of each part of it apart.
func (running *check) topmost(list []failure) []failure {
	var above [][]string
	seen := map[string]bool{}
	for _, each := range list {
		for length := 1; each.unknown && length < len(each.path); length++ {
			path := each.path[:length]
			if key := strings.Join(path, "\x00"); !seen[key] && !running.knows(path) {
				seen[key] = true
				above = append(above, path)
			}
		}
	}
	foreign := running.foreign(above)
	for index, each := range list {
		for length := 1; each.unknown && length < len(each.path); length++ {
			if key := strings.Join(each.path[:length], "\x00"); foreign[key] {
				list[index].path = each.path[:length]
				break
			}
		}
	}
	return list
}

// foreign says which paths exist by the data alone: not even a condition of the schema makes them.
func (running *check) foreign(paths [][]string) map[string]bool {
	if len(paths) == 0 {
		return nil
	}
	var taken []*node
	for _, path := range paths {
		if value := running.data.find(path); value != nil {
			taken = append(taken, value)
		}
	}
	for _, value := range taken {
		value.removed = true
	}
	unified := running.unify()
	for _, value := range taken {
		value.removed = false
	}
	foreign := map[string]bool{}
	for _, path := range paths {
		_, known := descend(unified, path)
		foreign[strings.Join(path, "\x00")] = !known
	}
	return foreign
}

// unnamed lists the names that an alternative does not have. CUE forgets at the top of an alternative taken by itself that it is closed.
func (running *check) unnamed() []failure {
	var suspects [][]string
	var visit func(constraint cue.Value, value *node, path []string)
	visit = func(constraint cue.Value, value *node, path []string) {
		if value == nil || value.blank || value.labels == nil || value.list || len(alternatives(constraint, value)) > 0 {
			return
		}
		for _, label := range value.labels {
			below := step(constraint, label)
			if !below.Exists() && !constraint.Allows(cue.Str(label)) {
				suspects = append(suspects, extend(path, label))
			} else if below.Exists() {
				visit(below, value.child(label), extend(path, label))
			}
		}
	}
	visit(running.config, running.data, nil)
	foreign := running.foreign(suspects)
	var list []failure
	for _, path := range suspects {
		if foreign[strings.Join(path, "\x00")] {
			list = append(list, failure{path: path, unknown: true})
		}
	}
	return list
}
