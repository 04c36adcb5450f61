package main

import (
	"strings"

	"cuelang.org/go/cue"
)

// Bounds of choosing: alternatives of one choice that are looked at, choices within choices, and alternatives that are held to the data in one validation.
const (
	maxAlternatives  = 32
	maxWithin        = 3
	maxWeighed       = 300
	maxNestedChoices = 20 // references and operators
)

// alternatives are the disjuncts of a value that are of the kind of the data, a map or a list; none where there is no choice.
func alternatives(value cue.Value, data *node) []cue.Value {
	if data == nil || data.labels == nil || value.Err() != nil && value.IncompleteKind() == cue.BottomKind {
		return nil
	}
	kind := cue.StructKind
	if data.list {
		kind = cue.ListKind
	}
	if value.IncompleteKind()&kind == 0 {
		return nil
	}
	if written := ofKind(writtenIn(value, 0), kind); len(written) > 0 {
		return written
	}
	operator, disjuncts := value.Eval().Expr()
	if operator != cue.OrOp {
		return nil
	}
	return ofKind(disjuncts, kind)
}

func ofKind(disjuncts []cue.Value, kind cue.Kind) []cue.Value {
	var fitting []cue.Value
	for _, disjunct := range disjuncts {
		of := disjunct.IncompleteKind()
		waits := of == cue.BottomKind && disjunct.Validate() == nil // for a condition on its own fields
		if (of&kind != 0 || waits) && len(fitting) < maxAlternatives {
			fitting = append(fitting, disjunct)
		}
	}
	return fitting
}

// writtenIn takes a choice apart as the schema has it written. What CUE gives for a choice that it evaluated has no optional fields, patterns and conditions.
func writtenIn(value cue.Value, depth int) []cue.Value {
	if depth > maxNestedChoices {
		return nil
	}
	value = cue.Dereference(value)
	operator, parts := value.Expr()
	switch operator {
	case cue.OrOp:
		var all []cue.Value
		for _, part := range parts {
			if within := writtenIn(part, depth+1); len(within) > 0 {
				all = append(all, within...)
			} else {
				all = append(all, part)
			}
		}
		return all
	case cue.AndOp:
		return distributed(parts, depth)
	default:
		return nil
	}
}

// distributed makes `a & (b | c)` the alternatives `a & b` and `a & c`.
func distributed(parts []cue.Value, depth int) []cue.Value {
	for index, part := range parts {
		within := writtenIn(part, depth+1)
		for each := range within {
			for other, beside := range parts {
				if other != index {
					within[each] = within[each].Unify(beside)
				}
			}
		}
		if len(within) > 0 {
			return within
		}
	}
	return nil
}

// chosen tells of a choice only what speaks against the alternative that was meant: the one that the constants in the data name, else the nearest.
// It says whether there was something to tell.
func (running *check) chosen(failed found, public cue.Value) bool {
	if !failed.split || failed.value == nil || running.within >= maxWithin || !running.weighing() {
		return false
	}
	choice, _ := descend(public, failed.path)
	disjuncts := alternatives(choice, failed.value)
	if len(disjuncts) == 0 {
		return false
	}
	names := namesOf(disjuncts)
	if meant := running.meant(disjuncts, names, failed.value); len(meant) > 0 {
		disjuncts = meant
	} else if name, refused := running.refusedName(disjuncts, names, failed); refused {
		running.tellName(failed, name, disjuncts)
		return true
	}
	best, even := running.nearest(disjuncts, failed)
	if name, missing := missingName(names, failed.value); even && missing && len(disjuncts) > 1 {
		running.tellName(failed, name, disjuncts)
		return true
	}
	return running.tell(best)
}

// tell adds what was found against an alternative.
func (running *check) tell(best *told) bool {
	for _, each := range best.violations {
		if running.told.full() {
			running.told.more++
		} else {
			running.told.add(each)
		}
	}
	running.told.more += best.more
	return best.count() > 0
}

// nearest holds the data to each alternative. It gives what speaks against the best, and whether another one is as good.
func (running *check) nearest(disjuncts []cue.Value, failed found) (best *told, even bool) {
	for _, disjunct := range disjuncts {
		*running.weighed++
		against := newTold(maxTold)
		part := &check{schema: running.schema, config: disjunct, prefix: running.full(failed.path), data: failed.value.copy(), secrets: running.secrets, weighed: running.weighed,
			told: against, place: firstPlace(running.deepest(failed.path), running.config), within: running.within + 1}
		part.start()
		if best == nil || against.weight() < best.weight() {
			best, even = against, false
		} else if against.weight() == best.weight() {
			even = true
		}
	}
	return best, even
}

// namesOf lists the fields that are constants in every alternative, and not the same in all: they name the alternative.
func namesOf(disjuncts []cue.Value) []string {
	var names []string
	for _, disjunct := range disjuncts {
		fields, err := disjunct.Fields()
		if err != nil {
			continue
		}
		for fields.Next() {
			label := fields.Selector().Unquoted()
			if texts := textsOf(disjuncts, label); len(texts) > 1 {
				names = append(names, label)
			}
		}
		break
	}
	return names
}

// textsOf are the different constants of a field in the alternatives; none if one of them has no constant there.
func textsOf(disjuncts []cue.Value, label string) []string {
	var texts []string
	known := map[string]bool{}
	for _, disjunct := range disjuncts {
		constant := disjunct.LookupPath(cue.MakePath(cue.Str(label)))
		if !constant.Exists() || !scalar(constant) {
			return nil
		}
		if text := textOf(constant); !known[text] {
			known[text] = true
			texts = append(texts, text)
		}
	}
	return texts
}

// meant are the alternatives whose names the data has, or leaves out.
func (running *check) meant(disjuncts []cue.Value, names []string, value *node) []cue.Value {
	var meant []cue.Value
	for _, disjunct := range disjuncts {
		met := true
		for _, name := range names {
			met = met && running.meets(disjunct, name, value.child(name))
		}
		if met {
			meant = append(meant, disjunct)
		}
	}
	return meant
}

func (running *check) meets(disjunct cue.Value, name string, value *node) bool {
	constant := disjunct.LookupPath(cue.MakePath(cue.Str(name)))
	return value == nil || constant.Unify(running.schema.build(value)).Validate() == nil
}

// refusedName is the first name whose value in the data is that of no alternative.
func (running *check) refusedName(disjuncts []cue.Value, names []string, failed found) (string, bool) {
	for _, name := range names {
		if len(running.meant(disjuncts, []string{name}, failed.value)) == 0 {
			return name, true
		}
	}
	return "", false
}

func missingName(names []string, value *node) (string, bool) {
	for _, name := range names {
		if value.child(name) == nil {
			return name, true
		}
	}
	return "", false
}

// tellName tells which names there are.
func (running *check) tellName(failed found, name string, disjuncts []cue.Value) {
	constant := disjuncts[0].LookupPath(cue.MakePath(cue.Str(name)))
	path := extend(failed.path, name)
	texts := strings.Join(textsOf(disjuncts, name), " | ")
	wanted := want{text: texts, kind: constant.IncompleteKind().String(), place: constant.Pos(), constant: true, public: true}
	running.note(found{failure: failure{path: path}, value: failed.value.child(name)}, wanted)
}
