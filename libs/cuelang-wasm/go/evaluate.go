package main

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/token"
)

// evaluate turns a file into concrete JSON and tells where each field was written.
func evaluate(asked question) result {
	tree, refused := parse(asked.Source, asked.File)
	if len(refused) > 0 {
		return result{Problems: refused}
	}
	value := cuecontext.New().BuildFile(tree)
	if err := value.Validate(); err != nil {
		return result{Problems: problems(codeEvaluation, err, asked.File)}
	}
	if err := value.Validate(cue.Concrete(true), cue.Final()); err != nil {
		return result{Problems: problems(codeIncomplete, err, asked.File)}
	}
	writer := &concrete{}
	if err := writer.value(value, ""); err != nil {
		return result{Problems: problems(codeIncomplete, err, asked.File)}
	}
	return result{JSON: writer.text.String(), Positions: writer.positions}
}

// concrete writes a value as JSON and notes where its parts come from.
type concrete struct {
	text      strings.Builder
	positions [][3]any
	place     token.Pos
}

func (writer *concrete) value(value cue.Value, path string) error {
	value, _ = value.Default()
	defer writer.enter(value, path)()
	switch value.Kind() {
	case cue.StructKind:
		return writer.fields(value, path)
	case cue.ListKind:
		return writer.elements(value, path)
	default:
		return writer.scalar(value)
	}
}

// enter notes the position of a value; one without a position of its own has that of what holds it.
func (writer *concrete) enter(value cue.Value, path string) func() {
	outer := writer.place
	if place := value.Pos(); place.IsValid() {
		writer.place = place
	}
	if path != "" {
		writer.positions = append(writer.positions, [3]any{path, writer.place.Line(), writer.place.Column()})
	}
	return func() { writer.place = outer }
}

func (writer *concrete) fields(value cue.Value, path string) error {
	fields, err := value.Fields()
	if err != nil {
		return err
	}
	separator := "{"
	for fields.Next() {
		label := fields.Selector().Unquoted()
		name, err := json.Marshal(label)
		if err != nil {
			return err
		}
		writer.text.WriteString(separator + string(name) + ":")
		separator = ","
		if err := writer.value(fields.Value(), join(path, label)); err != nil {
			return err
		}
	}
	return writer.close(separator, "{", "}")
}

func (writer *concrete) elements(value cue.Value, path string) error {
	elements, err := value.List()
	if err != nil {
		return err
	}
	separator := "["
	for index := 0; elements.Next(); index++ {
		writer.text.WriteString(separator)
		separator = ","
		if err := writer.value(elements.Value(), join(path, strconv.Itoa(index))); err != nil {
			return err
		}
	}
	return writer.close(separator, "[", "]")
}

// close ends a struct or list; one whose separator is still the opening bracket is empty.
func (writer *concrete) close(separator, opening, closing string) error {
	if separator == opening {
		writer.text.WriteString(opening)
	}
	writer.text.WriteString(closing)
	return nil
}

func (writer *concrete) scalar(value cue.Value) error {
	if written, ok := numberAsWritten(value); ok {
		writer.text.WriteString(written)
		return nil
	}
	text, err := value.MarshalJSON()
	if err != nil {
		return err
	}
	writer.text.Write(text)
	return nil
}

var jsonNumber = regexp.MustCompile(`^(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// numberAsWritten gives the literal of a number, for CUE itself would turn 1e3 into 1E+3 and drop zeros.
func numberAsWritten(value cue.Value) (string, bool) {
	source := value.Source()
	if field, ok := source.(*ast.Field); ok {
		source = field.Value
	}
	literal, ok := source.(*ast.BasicLit)
	if !ok || !jsonNumber.MatchString(literal.Value) {
		return "", false
	}
	return literal.Value, true
}

func join(path, label string) string {
	if path == "" {
		return label
	}
	return path + "." + label
}
