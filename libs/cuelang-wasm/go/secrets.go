package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"
)

// mask stands for the value of a secret.
const mask = "***"

// minWithin is the length from which on a secret is looked for inside other texts; a shorter one would be found everywhere.
const minWithin = 4

// secretReference stands for a value that is known only when it is written.
var secretReference = regexp.MustCompile(`^@secret\(.*\)$`)

// secrets knows which paths a schema marks, and the values that the data has there.
type secrets struct {
	patterns   [][]string
	values     []string
	references bool
	hiding     bool // the data has values of secrets
}

// hideSecrets collects what to mask. References are blanked: the schema speaks of the values they stand for.
func hideSecrets(annotations []annotation, data *node) *secrets {
	hidden := &secrets{}
	for _, each := range annotations {
		if each.Secret {
			hidden.patterns = append(hidden.patterns, strings.Split(each.Field, "."))
		}
	}
	if len(hidden.patterns) > 0 {
		data.walk(nil, hidden.collect)
	}
	return hidden
}

func (hidden *secrets) collect(path []string, value *node) bool {
	if value.labels != nil || !hidden.marked(path) {
		return true
	}
	if text, ok := value.scalar.(string); ok && secretReference.MatchString(text) {
		value.blank, value.secret, hidden.references = true, true, true
	} else if value.scalar != nil {
		value.secret, hidden.hiding = true, true
		hidden.values = append(hidden.values, formsOf(value.scalar)...)
	}
	return false
}

// find notes the values elsewhere in the data that hold a secret.
func (hidden *secrets) find(_ []string, value *node) bool {
	if value.labels == nil && !value.secret {
		value.secret = hidden.within(encodeScalar(value.scalar))
	}
	return true
}

// addDefaults collects what the schema itself has for secrets that the data leaves out.
func (hidden *secrets) addDefaults(config cue.Value) {
	for _, pattern := range hidden.patterns {
		value, known := descend(config, pattern)
		if value, _ = value.Default(); !known || !scalar(value) {
			continue
		}
		if text, err := value.String(); err == nil {
			hidden.values = append(hidden.values, formsOf(text)...)
		}
	}
}

// name is a path as people read it: labels that hold a secret are masked, and those from the place on that only a secret made.
func (hidden *secrets) name(path []string, shown int) string {
	labels := make([]string, len(path))
	for index, label := range path {
		short := len(label) < minWithin && strings.Trim(label, "0123456789") == "" // most likely the place in a list
		if labels[index] = label; index >= shown || !short && hidden.within(label) {
			labels[index] = mask
		}
	}
	return strings.Join(labels, ".")
}

// marked says that a path is marked, or lies below one that is.
func (hidden *secrets) marked(path []string) bool {
	segments := strings.Split(strings.Join(path, "."), ".")
	for _, pattern := range hidden.patterns {
		if matches(segments, pattern) {
			return true
		}
	}
	return false
}

// matches lets anyLabel take one segment or more, for a name may hold dots itself; the core matches marks with entries in the same way.
func matches(segments, pattern []string) bool {
	ends := []int{0} // where in the segments the labels so far may end
	for _, label := range pattern {
		var next []int
		for index, end := range ends {
			for ; label == anyLabel && index == 0 && end < len(segments); end++ {
				next = append(next, end+1)
			}
			if label != anyLabel && end < len(segments) && segments[end] == label {
				next = append(next, end+1)
			}
		}
		ends = next
	}
	return len(ends) > 0
}

// above says that a mark lies below a path.
func (hidden *secrets) above(path []string) bool {
	for _, pattern := range hidden.patterns {
		if leads(path, pattern) {
			return true
		}
	}
	return false
}

func leads(path, pattern []string) bool {
	if len(path) == 0 || len(pattern) == 0 {
		return len(pattern) > 0
	}
	label := strings.Split(path[0], ".")
	if pattern[0] == anyLabel {
		return leads(path[1:], pattern[1:])
	}
	return len(label) <= len(pattern) && slices.Equal(label, pattern[:len(label)]) && leads(path[1:], pattern[len(label):])
}

// within says that a text is or holds the value of a secret.
func (hidden *secrets) within(text string) bool {
	for _, secret := range hidden.values {
		if strings.Trim(text, `"`) == secret || len(secret) >= minWithin && strings.Contains(text, secret) {
			return true
		}
	}
	return false
}

// show gives a value as JSON, with secrets masked.
func (hidden *secrets) show(path []string, value *node) string {
	switch {
	case hidden.marked(path) || value.labels == nil && hidden.above(path):
		return mask
	case value.labels == nil:
		return hidden.showScalar(value.scalar)
	case value.list:
		return "[" + strings.Join(hidden.showChildren(path, value), ",") + "]"
	default:
		return "{" + strings.Join(hidden.showChildren(path, value), ",") + "}"
	}
}

func (hidden *secrets) showScalar(scalar any) string {
	if text := encodeScalar(scalar); !hidden.within(text) {
		return text
	}
	return mask
}

func (hidden *secrets) showChildren(path []string, value *node) []string {
	parts := make([]string, len(value.children))
	for index, child := range value.children {
		parts[index] = hidden.show(extend(path, value.labels[index]), child)
		if !value.list {
			parts[index] = hidden.showScalar(value.labels[index]) + ":" + parts[index]
		}
	}
	return parts
}

func encodeScalar(scalar any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(scalar); err != nil {
		return mask
	}
	return strings.TrimSpace(text.String())
}
