package main

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// anyLabel stands in a path for an element of a list or a field of a pattern.
const anyLabel = "*"

// maxFollowed is how many references are followed; a schema that has more of them on its paths is read less finely.
const maxFollowed = 1000

// visitor is told of what a schema says about a path: its fields and its attributes.
type visitor struct {
	field     func(path string, declared *ast.Field)
	attribute func(path string, declared *ast.Attribute)
	// opaque is told of values that are not followed any further, and so may hold marks at any place below the path.
	opaque func(path string, value ast.Node)
}

// syntax reads a schema as text: marks on fields that are optional or inside a disjunction are nowhere in its values.
type syntax struct {
	visitor
	visiting  map[ast.Node][]string // the paths at which a value is being visited
	reentries int                   // how many more times a definition may be visited within itself
	followed  int
}

// visitConfig visits the part of a schema that the data is matched against, from the path "". It says whether all references were followed.
// reentries is how many steps of a definition that holds itself are told apart.
func visitConfig(tree *ast.File, reentries int, each visitor) bool {
	reader := &syntax{visitor: each, visiting: map[ast.Node][]string{}, reentries: reentries}
	for _, declaration := range tree.Decls {
		if attribute, ok := declaration.(*ast.Attribute); ok {
			each.attribute("", attribute)
		}
	}
	if config := fieldsNamed(tree.Decls, "#Config"); len(config) > 0 {
		reader.followAll(config, "")
		return reader.followed <= maxFollowed
	}
	for _, declaration := range tree.Decls {
		reader.declaration(declaration, "")
	}
	return reader.followed <= maxFollowed
}

// visit tells of each field of a value, and follows references to what they name.
func (reader *syntax) visit(value ast.Expr, path string) {
	switch expression := value.(type) {
	case *ast.StructLit:
		for _, declaration := range expression.Elts {
			reader.declaration(declaration, path)
		}
	case *ast.ListLit:
		for index, element := range expression.Elts {
			reader.element(element, index, path)
		}
	case *ast.BinaryExpr:
		reader.binary(expression, path)
	case *ast.UnaryExpr:
		reader.visit(expression.X, path)
	case *ast.PostfixExpr:
		reader.visit(expression.X, path)
	case *ast.ParenExpr:
		reader.visit(expression.X, path)
	case *ast.Alias:
		reader.visit(expression.Expr, path)
	case *ast.CallExpr:
		reader.call(expression, path)
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		reader.followAll(targets(expression), path)
	}
}

// binary follows what is unified or chosen; the result of a calculation is no part of the value that it is calculated from.
func (reader *syntax) binary(expression *ast.BinaryExpr, path string) {
	if expression.Op == token.AND || expression.Op == token.OR {
		reader.visit(expression.X, path)
		reader.visit(expression.Y, path)
	}
}

// call knows the functions that give their arguments back, or nothing of them; of any other one the result may hold the marks of its arguments anywhere.
func (reader *syntax) call(expression *ast.CallExpr, path string) {
	name := ""
	if function, ok := expression.Fun.(*ast.Ident); ok && function.Node == nil {
		name = function.Name
	}
	for _, argument := range expression.Args {
		switch name {
		case "len":
		case "close":
			reader.visit(argument, path)
		case "and", "or":
			reader.followAll(childrenOf(argument, anyLabel), path)
		default:
			reader.opaque(path, argument)
		}
	}
}

func (reader *syntax) followAll(found []target, path string) {
	for _, each := range found {
		for _, attribute := range each.attributes {
			reader.attribute(path, attribute)
		}
		reader.follow(each.value, path)
	}
}

// follow visits what is named elsewhere. A definition that holds itself is followed some steps.
func (reader *syntax) follow(value ast.Expr, path string) {
	open := reader.visiting[value]
	again := min(len(open), 1)
	if again > 0 && open[len(open)-1] == path {
		return
	}
	reader.followed++
	if reader.reentries < again || reader.followed > maxFollowed {
		reader.opaque(path, value)
		return
	}
	reader.reentries -= again
	reader.visiting[value] = append(open, path)
	reader.visit(value, path)
	reader.visiting[value] = open
	reader.reentries += again
}

func (reader *syntax) declaration(declaration ast.Decl, path string) {
	switch declared := declaration.(type) {
	case *ast.Field:
		label, data := labelOf(declared.Label)
		if !data {
			return
		}
		below := join(path, label)
		reader.field(below, declared)
		for _, attribute := range declared.Attrs {
			reader.attribute(below, attribute)
		}
		reader.visit(declared.Value, below)
	case *ast.Attribute:
		reader.attribute(path, declared)
	case *ast.EmbedDecl:
		reader.visit(declared.Expr, path)
	case *ast.Comprehension:
		reader.comprehension(declared, path)
	}
}

func (reader *syntax) comprehension(declared *ast.Comprehension, path string) {
	reader.visit(declared.Value, path)
	if declared.Fallback != nil {
		reader.visit(declared.Fallback.Body, path)
	}
	for _, clause := range declared.Clauses {
		if try, ok := clause.(*ast.TryClause); ok && try.Ident == nil && try.Expr != nil {
			reader.visit(try.Expr, path)
		}
	}
}

func (reader *syntax) element(element ast.Expr, index int, path string) {
	switch expression := element.(type) {
	case *ast.Ellipsis:
		reader.visit(expression.Type, join(path, anyLabel))
	case *ast.Comprehension:
		reader.comprehension(expression, join(path, anyLabel))
	default:
		reader.visit(element, join(path, strconv.Itoa(index)))
	}
}

// labelOf gives the name of a field of data; definitions and hidden fields are none.
func labelOf(label ast.Label) (string, bool) {
	name, identifier, err := ast.LabelName(label)
	if err != nil {
		return anyLabel, true
	}
	reserved := identifier && (strings.HasPrefix(name, "#") || strings.HasPrefix(name, "_"))
	return name, !reserved
}
