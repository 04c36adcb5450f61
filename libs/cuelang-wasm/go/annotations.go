package main

import (
	"regexp"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
)

// anyLabel stands in a path for an element of a list or a field of a pattern.
const anyLabel = "*"

// annotation is what a schema marks a field with.
type annotation struct {
	Field  string `json:"field"`
	Secret bool   `json:"secret"`
	Ref    string `json:"ref,omitempty"`
	Logger bool   `json:"logger"`
}

// syntax reads a schema as text: marks on fields that are optional or inside a disjunction are nowhere in its values.
type syntax struct {
	definitions map[string]ast.Expr
	visiting    map[string]bool
	found       map[string]*annotation
	order       []*annotation
}

func readSyntax(tree *ast.File) *syntax {
	reader := &syntax{definitions: map[string]ast.Expr{}, visiting: map[string]bool{}, found: map[string]*annotation{}}
	for _, declaration := range tree.Decls {
		switch declared := declaration.(type) {
		case *ast.Field:
			if name, _, err := ast.LabelName(declared.Label); err == nil {
				reader.definitions[name] = declared.Value
			}
		case *ast.LetClause:
			reader.definitions[declared.Ident.Name] = declared.Expr
		}
	}
	return reader
}

// config is the part of a schema that the data is matched against.
func (reader *syntax) config(tree *ast.File) ast.Expr {
	if config, ok := reader.definitions["#Config"]; ok {
		return config
	}
	return &ast.StructLit{Elts: tree.Decls}
}

// visit calls field for each field of a value, and follows names to the definitions of the same file.
func (reader *syntax) visit(value ast.Expr, path string, each func(path string, declared ast.Decl)) {
	switch expression := value.(type) {
	case *ast.StructLit:
		for _, declaration := range expression.Elts {
			reader.declaration(declaration, path, each)
		}
	case *ast.ListLit:
		for index, element := range expression.Elts {
			reader.element(element, index, path, each)
		}
	case *ast.BinaryExpr:
		reader.visit(expression.X, path, each)
		reader.visit(expression.Y, path, each)
	case *ast.UnaryExpr:
		reader.visit(expression.X, path, each)
	case *ast.ParenExpr:
		reader.visit(expression.X, path, each)
	case *ast.CallExpr:
		for _, argument := range expression.Args {
			reader.visit(argument, path, each)
		}
	case *ast.Ident:
		reader.follow(expression.Name, path, each)
	}
}

func (reader *syntax) follow(name, path string, each func(string, ast.Decl)) {
	definition, ok := reader.definitions[name]
	if !ok || reader.visiting[name] {
		return
	}
	reader.visiting[name] = true
	reader.visit(definition, path, each)
	delete(reader.visiting, name)
}

func (reader *syntax) declaration(declaration ast.Decl, path string, each func(string, ast.Decl)) {
	switch declared := declaration.(type) {
	case *ast.Field:
		label, data := labelOf(declared.Label)
		if !data {
			return
		}
		each(join(path, label), declared)
		reader.visit(declared.Value, join(path, label), each)
	case *ast.Attribute:
		each(path, declared)
	case *ast.EmbedDecl:
		reader.visit(declared.Expr, path, each)
	case *ast.Comprehension:
		reader.visit(declared.Value, path, each)
	}
}

func (reader *syntax) element(element ast.Expr, index int, path string, each func(string, ast.Decl)) {
	if rest, ok := element.(*ast.Ellipsis); ok {
		reader.visit(rest.Type, join(path, anyLabel), each)
		return
	}
	reader.visit(element, join(path, strconv.Itoa(index)), each)
}

// labelOf gives the name of a field of data; definitions and hidden fields are none.
func labelOf(label ast.Label) (string, bool) {
	if _, pattern := label.(*ast.ListLit); pattern {
		return anyLabel, true
	}
	name, identifier, err := ast.LabelName(label)
	if err != nil {
		return anyLabel, true
	}
	reserved := identifier && (strings.HasPrefix(name, "#") || strings.HasPrefix(name, "_"))
	return name, !reserved
}

// annotations lists the marks in the order of the file.
func (reader *syntax) annotations(config ast.Expr) []annotation {
	reader.visit(config, "", func(path string, declared ast.Decl) {
		switch marked := declared.(type) {
		case *ast.Field:
			for _, attribute := range marked.Attrs {
				reader.mark(path, attribute)
			}
		case *ast.Attribute:
			reader.mark(path, marked)
		}
	})
	list := make([]annotation, len(reader.order))
	for index, each := range reader.order {
		list[index] = *each
	}
	return list
}

var reference = regexp.MustCompile(`ref\s*=\s*("(?:[^"\\]|\\.)*"|[^,)\s]+)`)

func (reader *syntax) mark(path string, attribute *ast.Attribute) {
	name, body := attribute.Split()
	if name != "secret" && name != "logger" {
		return
	}
	marked, ok := reader.found[path]
	if !ok {
		marked = &annotation{Field: path}
		reader.found[path] = marked
		reader.order = append(reader.order, marked)
	}
	marked.Logger = marked.Logger || name == "logger"
	if name != "secret" {
		return
	}
	marked.Secret = true
	if match := reference.FindStringSubmatch(body); match != nil {
		marked.Ref = unquoted(match[1])
	}
}

// form is flat where names of the config itself hold dots; a map among its fields shows that they are names of a tree after all.
func (reader *syntax) form(config ast.Expr) string {
	dotted, nested := false, false
	reader.visit(config, "", func(path string, declared ast.Decl) {
		field, ok := declared.(*ast.Field)
		if !ok {
			return
		}
		name, _, err := ast.LabelName(field.Label)
		if err != nil || name != path {
			return
		}
		_, quoted := field.Label.(*ast.BasicLit)
		_, structure := field.Value.(*ast.StructLit)
		dotted = dotted || quoted && strings.Contains(name, ".")
		nested = nested || structure
	})
	if dotted && !nested {
		return "flat"
	}
	return "tree"
}

func unquoted(text string) string {
	if plain, err := literal.Unquote(text); err == nil {
		return plain
	}
	return text
}
