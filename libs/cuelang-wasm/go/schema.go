package main

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
)

// schema is a file that data is matched against.
type schema struct {
	file        string
	context     *cue.Context
	config      cue.Value
	form        string
	annotations []annotation
}

func openSchema(asked question) (*schema, []problem) {
	tree, refused := parse(asked.Source, asked.File)
	if len(refused) > 0 {
		return nil, refused
	}
	reader := readSyntax(tree)
	config := reader.config(tree)
	opened := &schema{file: asked.File, context: cuecontext.New(), form: reader.form(config), annotations: reader.annotations(config)}
	whole := opened.context.BuildFile(tree)
	if err := whole.Validate(); err != nil {
		return nil, problems(codeEvaluation, err, asked.File)
	}
	opened.config = whole
	if definition := whole.LookupPath(cue.MakePath(cue.Def("#Config"))); definition.Exists() {
		opened.config = definition
	}
	return opened, nil
}

func describe(asked question) result {
	opened, refused := openSchema(asked)
	if len(refused) > 0 {
		return result{Problems: refused}
	}
	return result{Form: opened.form, Annotations: opened.annotations}
}

func (opened *schema) build(value *node) cue.Value {
	return opened.context.BuildExpr(value.expression())
}
