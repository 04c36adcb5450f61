package main

import (
	"strconv"

	"cuelang.org/go/cue/ast"
)

// target is what a reference names: a value, and the attributes of the field that it was taken from.
type target struct {
	attributes []*ast.Attribute
	value      ast.Expr
}

// look is one question to the schema: the child of this label, or with "" the value itself.
type look struct {
	from  ast.Expr
	label string
}

// resolution answers each question once, so that references which name each other end.
type resolution map[look]bool

// targets lists what a reference names; that can be declared in several places. Any other expression is its own target.
func targets(expression ast.Expr) []target { return resolution{}.targets(expression) }

// childrenOf lists what an expression has under a label, or with anyLabel all that it has.
func childrenOf(expression ast.Expr, label string) []target {
	return resolution{}.children(expression, label)
}

func (known resolution) targets(expression ast.Expr) []target {
	if known[look{expression, ""}] {
		return nil
	}
	known[look{expression, ""}] = true
	switch reference := expression.(type) {
	case *ast.ParenExpr:
		return known.targets(reference.X)
	case *ast.Ident:
		return known.named(reference)
	case *ast.SelectorExpr:
		label, _, err := ast.LabelName(reference.Sel)
		if err != nil {
			label = anyLabel
		}
		return known.children(reference.X, label)
	case *ast.IndexExpr:
		return known.children(reference.X, indexLabel(reference.Index))
	default:
		return []target{{nil, expression}}
	}
}

// named lists what CUE's parser found an identifier to stand for.
func (known resolution) named(identifier *ast.Ident) []target {
	switch scope := identifier.Scope.(type) {
	case *ast.File:
		if fields := fieldsNamed(scope.Decls, identifier.Name); len(fields) > 0 {
			return fields
		}
	case *ast.StructLit:
		if fields := fieldsNamed(scope.Elts, identifier.Name); len(fields) > 0 {
			return fields
		}
	case *ast.ForClause:
		return known.children(scope.Source, anyLabel)
	case *ast.LetClause:
		return []target{{nil, scope.Expr}}
	case *ast.TryClause:
		return []target{{nil, scope.Expr}}
	}
	switch declared := identifier.Node.(type) {
	case *ast.Field:
		return []target{{declared.Attrs, declared.Value}}
	case *ast.LetClause:
		return []target{{nil, declared.Expr}}
	case *ast.Alias:
		return []target{{nil, declared.Expr}}
	case ast.Expr:
		return []target{{nil, declared}}
	}
	return nil
}

func (known resolution) children(parent ast.Expr, label string) []target {
	if known[look{parent, label}] {
		return nil
	}
	known[look{parent, label}] = true
	switch expression := parent.(type) {
	case *ast.StructLit:
		return known.fields(expression.Elts, label)
	case *ast.ListLit:
		return known.elements(expression.Elts, label)
	case *ast.BinaryExpr:
		return append(known.children(expression.X, label), known.children(expression.Y, label)...)
	case *ast.UnaryExpr:
		return known.children(expression.X, label)
	case *ast.PostfixExpr:
		return known.children(expression.X, label)
	case *ast.Alias:
		return known.children(expression.Expr, label)
	case *ast.CallExpr:
		return known.ofAll(expression.Args, label)
	case *ast.ParenExpr, *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		var found []target
		for _, each := range known.targets(expression) {
			found = append(found, known.children(each.value, label)...)
		}
		return found
	}
	return nil
}

func (known resolution) fields(declarations []ast.Decl, label string) []target {
	var found []target
	for _, declaration := range declarations {
		switch declared := declaration.(type) {
		case *ast.Field:
			name, _, err := ast.LabelName(declared.Label)
			if err != nil || name == label || label == anyLabel {
				found = append(found, target{declared.Attrs, declared.Value})
			}
		case *ast.EmbedDecl:
			found = append(found, known.children(declared.Expr, label)...)
		case *ast.Comprehension:
			found = append(found, known.children(declared.Value, label)...)
		}
	}
	return found
}

func (known resolution) elements(list []ast.Expr, label string) []target {
	var found []target
	for index, element := range list {
		switch expression := element.(type) {
		case *ast.Ellipsis:
			found = append(found, target{nil, expression.Type})
		case *ast.Comprehension:
			found = append(found, target{nil, expression.Value})
		default:
			if label == anyLabel || label == strconv.Itoa(index) {
				found = append(found, target{nil, element})
			}
		}
	}
	return found
}

func (known resolution) ofAll(list []ast.Expr, label string) []target {
	var found []target
	for _, each := range list {
		found = append(found, known.children(each, label)...)
	}
	return found
}

// fieldsNamed lists the declarations of an identifier; they are unified.
func fieldsNamed(declarations []ast.Decl, name string) []target {
	var found []target
	for _, declaration := range declarations {
		if field, ok := declaration.(*ast.Field); ok {
			if label, identifier, err := ast.LabelName(field.Label); err == nil && identifier && label == name {
				found = append(found, target{field.Attrs, field.Value})
			}
		}
	}
	return found
}

func indexLabel(index ast.Expr) string {
	literal, ok := index.(*ast.BasicLit)
	if !ok {
		return anyLabel
	}
	if text, err := strconv.Unquote(literal.Value); err == nil {
		return text
	}
	return literal.Value
}
