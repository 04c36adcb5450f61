package main

import (
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
)

// annotation is what a schema marks a field with.
type annotation struct {
	Field  string `json:"field"`
	Secret bool   `json:"secret"`
	Ref    string `json:"ref,omitempty"`
	Logger bool   `json:"logger"`
}

// marks gathers the annotations of a schema by their paths.
type marks struct {
	context *cue.Context
	found   map[string]*annotation
	order   []*annotation
	hiding  map[ast.Node]bool // whether a value holds a mark of a secret anywhere
}

// annotationsOf lists the marks in the order of the file.
func annotationsOf(tree *ast.File, context *cue.Context) []annotation {
	reading := &marks{context: context, hiding: map[ast.Node]bool{}}
	each := visitor{field: func(string, *ast.Field) {}, attribute: reading.mark, opaque: reading.opaque}
	for reentries, all := 2, false; reentries >= 0 && !all; reentries-- {
		reading.found, reading.order = map[string]*annotation{}, nil
		all = visitConfig(tree, reentries, each)
	}
	list := make([]annotation, len(reading.order))
	for index, each := range reading.order {
		list[index] = *each
	}
	return list
}

func (reading *marks) mark(path string, attribute *ast.Attribute) {
	switch attribute.Name() {
	case "logger":
		reading.at(path).Logger = true
	case "secret":
		marked := reading.at(path)
		marked.Secret = true
		if ref := reading.refOf(attribute); ref != "" {
			marked.Ref = ref
		}
	}
}

// at is the annotation of a path; the whole config is every field of it.
func (reading *marks) at(path string) *annotation {
	if path == "" {
		path = anyLabel
	}
	marked, ok := reading.found[path]
	if !ok {
		marked = &annotation{Field: path}
		reading.found[path] = marked
		reading.order = append(reading.order, marked)
	}
	return marked
}

// refOf reads the argument `ref` as CUE itself reads arguments.
func (reading *marks) refOf(attribute *ast.Attribute) string {
	field := &ast.Field{Label: ast.NewIdent("marked"), Value: ast.NewIdent("_"), Attrs: []*ast.Attribute{{Text: attribute.Text}}}
	value := reading.context.BuildExpr(&ast.StructLit{Elts: []ast.Decl{field}}).LookupPath(cue.ParsePath("marked"))
	read := value.Attribute("secret")
	ref, _, err := read.Lookup(0, "ref")
	if err != nil {
		return ""
	}
	return ref
}

// opaque marks a path whole where the mark of a secret lies somewhere within: rather a value too many is masked than one too few.
func (reading *marks) opaque(path string, value ast.Node) {
	if reading.hides(value) {
		reading.at(path).Secret = true
	}
}

func (reading *marks) hides(value ast.Node) bool {
	known, ok := reading.hiding[value]
	if !ok {
		known = holdsSecret(value, map[ast.Node]bool{})
		reading.hiding[value] = known
	}
	return known
}

func holdsSecret(value ast.Node, seen map[ast.Node]bool) bool {
	if seen[value] {
		return false
	}
	seen[value] = true
	found := false
	ast.Walk(value, func(node ast.Node) bool {
		switch each := node.(type) {
		case *ast.Attribute:
			found = found || each.Name() == "secret"
		case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
			for _, named := range targets(each.(ast.Expr)) {
				found = found || marksSecret(named.attributes) || holdsSecret(named.value, seen)
			}
		}
		return !found
	}, nil)
	return found
}

func marksSecret(attributes []*ast.Attribute) bool {
	for _, each := range attributes {
		if each.Name() == "secret" {
			return true
		}
	}
	return false
}

// formOf is flat where names of the config itself hold dots; a map among its fields shows that they are names of a tree after all.
func formOf(tree *ast.File) string {
	dotted, nested := false, false
	field := func(path string, declared *ast.Field) {
		name, _, err := ast.LabelName(declared.Label)
		if err != nil || name != path {
			return
		}
		_, quoted := declared.Label.(*ast.BasicLit)
		_, structure := declared.Value.(*ast.StructLit)
		dotted = dotted || quoted && strings.Contains(name, ".")
		nested = nested || structure
	}
	visitConfig(tree, 0, visitor{field: field, attribute: func(string, *ast.Attribute) {}, opaque: func(string, ast.Node) {}})
	if dotted && !nested {
		return "flat"
	}
	return "tree"
}
