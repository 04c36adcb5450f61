package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// node is one value of the data. What failed is blanked, so that validating again shows what it hid.
type node struct {
	labels   []string // of a map or, as numbers, of a list; nil for a scalar
	children []*node
	places   map[string]int // of labels, made at the first look-up
	list     bool
	scalar   any // string, json.Number, bool or nil
	blank    bool
	removed  bool
	secret   bool // it is a secret, or holds one
}

// readData parses JSON text with numbers as written; of a name that is there twice the last one counts.
func readData(text string) (*node, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	root, err := readNode(decoder)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is more than one JSON value")
	}
	return root, nil
}

func readNode(decoder *json.Decoder) (*node, error) {
	mark, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	delimiter, nested := mark.(json.Delim)
	if !nested {
		return &node{scalar: mark}, nil
	}
	return readChildren(decoder, &node{list: delimiter == '[', labels: []string{}})
}

func readChildren(decoder *json.Decoder, parent *node) (*node, error) {
	for decoder.More() {
		label := strconv.Itoa(len(parent.children))
		if !parent.list {
			name, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			label = name.(string)
		}
		child, err := readNode(decoder)
		if err != nil {
			return nil, err
		}
		parent.labels = append(parent.labels, label)
		parent.children = append(parent.children, child)
	}
	_, err := decoder.Token()
	return parent, err
}

// leaf says that a value is an entry of the flat form: a scalar, or an empty map or list.
func (data *node) leaf() bool { return len(data.children) == 0 }

// flatten gives the flat form: names joined by dots, list elements by index.
func (data *node) flatten() *node {
	flat := &node{labels: []string{}}
	var add func(path string, value *node)
	add = func(path string, value *node) {
		if value.leaf() {
			flat.labels = append(flat.labels, path)
			flat.children = append(flat.children, value)
		}
		for index, child := range value.children {
			add(join(path, value.labels[index]), child)
		}
	}
	if data.leaf() {
		return data
	}
	add("", data)
	return flat
}

// child finds a value by its label; of a name that is there twice, the last.
func (data *node) child(label string) *node {
	if data == nil {
		return nil
	}
	if data.places == nil {
		data.places = make(map[string]int, len(data.labels))
		for index, each := range data.labels {
			data.places[each] = index
		}
	}
	index, ok := data.places[label]
	if !ok || data.children[index].removed {
		return nil
	}
	return data.children[index]
}

// find gives the value at a path, or nil.
func (data *node) find(path []string) *node {
	for _, label := range path {
		data = data.child(label)
	}
	return data
}

// copy is the value with all below it, to be blanked apart from the original; itself it is not blanked.
func (data *node) copy() *node {
	copied := data.clone()
	copied.blank = data.secret && data.blank
	copied.removed = false
	return copied
}

func (data *node) clone() *node {
	copied := *data
	copied.places, copied.children = nil, make([]*node, len(data.children))
	for index, child := range data.children {
		copied.children[index] = child.clone()
	}
	return &copied
}

// walk visits every value with its path, parents first; visit says whether to go on below it.
func (data *node) walk(path []string, visit func(path []string, value *node) bool) {
	if !visit(path, data) {
		return
	}
	for index, child := range data.children {
		child.walk(append(path[:len(path):len(path)], data.labels[index]), visit)
	}
}

// expression is the data as CUE reads it; what is blanked may be anything.
func (data *node) expression() ast.Expr {
	return data.express(func(value *node) bool { return value.blank })
}

// publicExpression is the expression without secrets.
func (data *node) publicExpression() ast.Expr {
	return data.express(func(value *node) bool { return value.blank || value.secret })
}

func (data *node) express(blank func(value *node) bool) ast.Expr {
	switch {
	case blank(data):
		return ast.NewIdent("_")
	case data.labels == nil:
		return scalarExpression(data.scalar)
	case data.list:
		return data.listExpression(blank)
	}
	fields := &ast.StructLit{}
	for index, child := range data.children {
		if label := data.labels[index]; data.child(label) == child {
			fields.Elts = append(fields.Elts, &ast.Field{Label: ast.NewString(label), Value: child.express(blank)})
		}
	}
	return fields
}

func (data *node) listExpression(blank func(value *node) bool) ast.Expr {
	elements := &ast.ListLit{}
	for _, child := range data.children {
		if !child.removed {
			elements.Elts = append(elements.Elts, child.express(blank))
		}
	}
	return elements
}

func scalarExpression(scalar any) ast.Expr {
	switch value := scalar.(type) {
	case string:
		return &ast.BasicLit{Kind: token.STRING, Value: literal.String.Quote(value)}
	case json.Number:
		return numberExpression(string(value))
	case bool:
		return ast.NewBool(value)
	default:
		return ast.NewNull()
	}
}

func numberExpression(text string) ast.Expr {
	if positive, negative := strings.CutPrefix(text, "-"); negative {
		return &ast.UnaryExpr{Op: token.SUB, X: numberExpression(positive)}
	}
	kind := token.INT
	if strings.ContainsAny(text, ".eE") {
		kind = token.FLOAT
	}
	return &ast.BasicLit{Kind: kind, Value: clamped(text)}
}

// maxExponent is within what CUE's arithmetic tells apart (100,000). A number beyond it meets every bound there, even `<10`.
const maxExponent = 90_000

// clamped gives a number that is too large or too small for CUE the largest or smallest exponent that is not.
func clamped(text string) string {
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return text
	}
	exponent, err := strconv.Atoi(text[at+1:])
	switch {
	case err == nil && -maxExponent <= exponent && exponent <= maxExponent:
		return text
	case text[at+1] == '-':
		return text[:at] + "e-" + strconv.Itoa(maxExponent)
	default:
		return text[:at] + "e" + strconv.Itoa(maxExponent)
	}
}
