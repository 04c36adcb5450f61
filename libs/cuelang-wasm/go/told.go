package main

import (
	"fmt"
	"sort"
)

// maxTold is how many violations one reply holds. Whoever has more of them mends these first.
const maxTold = 100

// violation is one field that does not meet the schema.
type violation struct {
	Field    string `json:"field"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	Message  string `json:"message"`
	Schema   place  `json:"schema"`
	weight   int    // how much it says against the alternative that it is a violation of
}

type place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// told are the violations found so far, and how many more were seen and not looked into.
type told struct {
	violations []violation
	most       int
	more       int
}

func newTold(most int) *told { return &told{most: most} }

func (found *told) add(each violation) { found.violations = append(found.violations, each) }

func (found *told) count() int { return len(found.violations) }

func (found *told) full() bool { return len(found.violations) >= found.most }

func (found *told) weight() int {
	sum := found.more
	for _, each := range found.violations {
		sum += each.weight
	}
	return sum
}

// sorted gives the violations in the order of their fields. The last one says how many are not told, for a reader of messages sees nothing else.
func (found *told) sorted() []violation {
	list := found.violations
	sort.SliceStable(list, func(i, j int) bool { return list[i].Field < list[j].Field })
	if found.more > 0 && len(list) > 0 {
		list[len(list)-1].Message += fmt.Sprintf(" At least %d more do not meet the schema.", found.more)
	}
	return list
}
