package main

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"

	"cuelang.org/go/cue/literal"
)

// minPart is the shortest part of a secret's base64 that is looked for.
const minPart = 8

// formsOf lists the spellings of a secret in JSON and CUE, and those in which it lies in other values: escaped twice, in URLs, base64, hex.
// libs/secrets has its twin for the processes.
func formsOf(scalar any) []string {
	escaped := strings.Trim(encodeScalar(scalar), `"`)
	text, ok := scalar.(string)
	if !ok || len(text) < minWithin {
		return []string{escaped}
	}
	twice := strings.Trim(encodeScalar(escaped), `"`)
	inHex := hex.EncodeToString([]byte(text))
	forms := []string{escaped, text, twice, strings.Trim(literal.String.Quote(text), `"`), strings.Join(strings.Fields(text), " "), url.QueryEscape(text), url.PathEscape(text), inHex, strings.ToUpper(inHex)}
	for offset := range 3 {
		if middle := base64Middle(text, offset); len(middle) >= minPart {
			forms = append(forms, middle, strings.NewReplacer("+", "-", "/", "_").Replace(middle))
		}
	}
	return forms
}

// base64Middle gives the characters of base64 that do not depend on what stands around the text; offset is the length before it, modulo 3.
func base64Middle(text string, offset int) string {
	shifted := base64.StdEncoding.EncodeToString(append(make([]byte, offset), text...))
	return shifted[(offset*8+5)/6 : (offset+len(text))*8/6]
}
