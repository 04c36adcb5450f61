package main

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/token"
)

// schema is a file that data is matched against.
type schema struct {
	file        string
	tree        *ast.File
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
	if refused := misspelt(tree, asked.File); len(refused) > 0 {
		return nil, refused
	}
	context := cuecontext.New()
	opened := &schema{file: asked.File, tree: tree, context: context, form: formOf(tree), annotations: annotationsOf(tree, context)}
	whole := opened.context.BuildFile(tree)
	if err := whole.Validate(); err != nil {
		return nil, placed(problems(codeEvaluation, err, asked.File), whole)
	}
	opened.config = whole
	if definition := whole.LookupPath(cue.MakePath(cue.Def("#Config"))); definition.Exists() {
		opened.config = definition
	} else if optional := whole.LookupPath(cue.MakePath(cue.Def("#Config").Optional())); optional.Exists() {
		return nil, []problem{notThere(optional.Pos(), asked.File)}
	}
	return opened, nil
}

// notThere refuses `#Config?`, which CUE does not take for a definition that is there: every file would pass.
func notThere(at token.Pos, file string) problem {
	return problem{Code: codeEvaluation, Message: "#Config is optional, and so holds no file to anything: write it without the question mark.", File: file, Line: at.Line(), Column: at.Column()}
}

// placed gives problems that CUE tells without a position that of their field.
func placed(list []problem, whole cue.Value) []problem {
	for index := range list {
		if each := &list[index]; each.Line == 0 && each.Field != "" {
			place := whole.LookupPath(cue.ParsePath(each.Field)).Pos()
			each.Line, each.Column = place.Line(), place.Column()
		}
	}
	return list
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
