package main

import (
	"fmt"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// maxRounds bounds how often data is validated again to see what failing values hid.
const maxRounds = 8

// check is one validation under way: of all the data, or of a part of it against one alternative of the schema.
type check struct {
	schema   *schema
	config   cue.Value // what the data is held to
	prefix   []string  // where the data lies in all the data
	data     *node
	secrets  *secrets
	told     *told
	weighed  *int            // alternatives that were held to the data
	whole    bool            // no part of the schema is held to the data by itself
	place    token.Pos       // of the choice, for an alternative
	within   int             // how many alternatives are being weighed around this one
	split    map[string]bool // at which paths the schema has alternatives
	reported map[string]bool
	searched bool // for values that hold a secret
}

func (running *check) start() {
	running.split, running.reported = map[string]bool{}, map[string]bool{}
	if running.within > 0 {
		if unnamed := running.unnamed(); len(unnamed) > 0 {
			running.report(unnamed)
		}
	}
	running.run()
}

// validate holds data to a schema. CUE panics over parts of some schemas that are held to data by themselves; what they ask for is told whole then.
func validate(asked question) result {
	if found, done := attempt(asked); done {
		return found
	}
	return matched(asked, true)
}

func attempt(asked question) (found result, done bool) {
	defer func() { done = recover() == nil }()
	return matched(asked, false), true
}

// matched is the outcome. Whole says that no part of the schema is held to the data by itself.
func matched(asked question, whole bool) result {
	opened, refused := openSchema(asked)
	if len(refused) > 0 {
		return result{Problems: refused}
	}
	data, refused := openData(asked, opened.form)
	if len(refused) > 0 {
		return result{Problems: refused}
	}
	hidden := hideSecrets(opened.annotations, data)
	hidden.addDefaults(opened.config)
	found := newTold(maxTold)
	running := &check{schema: opened, config: opened.config, data: data, secrets: hidden, told: found, weighed: new(int), whole: whole}
	running.start()
	return result{Form: opened.form, Violations: found.sorted(), More: found.more, Annotations: opened.annotations}
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
	if running.within == 0 && !running.secrets.references && complete(unified) == nil {
		return
	}
	before := running.told.count()
	for round := 0; round < maxRounds && !running.told.full(); round++ {
		failing := running.failing(unified)
		if len(failing) == 0 {
			break
		}
		unified = running.report(failing)
	}
	if running.told.full() {
		return
	}
	unresolved := running.missing(unified)
	if running.told.count() == before && !running.secrets.references {
		running.incomplete(unified, unresolved)
	}
}

// complete says what keeps a value from being whole: conflicts, and whatever is missing.
func complete(unified cue.Value) error {
	return unified.Validate(cue.Concrete(true), cue.Final())
}

func (running *check) unify() cue.Value {
	return running.with(running.data.expression())
}

// public is the data without its secrets held to the schema. Texts for people are taken from it alone, so that none can depend on a secret.
func (running *check) public(unified cue.Value) cue.Value {
	if !running.secrets.hiding {
		return unified
	}
	if !running.searched {
		running.searched = true
		running.data.walk(nil, running.secrets.find)
	}
	return running.with(running.data.publicExpression())
}

func (running *check) with(expression ast.Expr) cue.Value {
	return running.config.Unify(running.schema.context.BuildExpr(expression))
}

// weighing says whether alternatives may still be held to the data.
func (running *check) weighing() bool {
	return !running.whole && *running.weighed <= maxWeighed
}

// full is the path in all the data of one in the data of this check.
func (running *check) full(path []string) []string {
	return append(running.prefix[:len(running.prefix):len(running.prefix)], path...)
}

// incomplete is the last net: whatever CUE still refuses is reported, so that nothing passes by an oversight of this program.
func (running *check) incomplete(unified cue.Value, unresolved []failure) {
	err := complete(unified)
	if err == nil {
		return
	}
	if len(unresolved) == 0 {
		unresolved = running.failures(unified, err)
	}
	running.report(unresolved)
}
