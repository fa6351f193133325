package document

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// findings are the problems of one Resolve.
type findings struct {
	problems []spec.Problem
	told     map[string]bool // by rule, position and message: a profile's mistake is told once
	layers   []*layer        // of the organization at work
	dropped  int             // problems that were too many to be kept
	declared int             // see hasRoom
	matches  int             // see hasRoom
	filled   filling
}

// report adds a problem at a position; path is below the organization or the
// profile in which the position lies.
func (f *findings) report(rule string, pos at, address spec.Address, path, message, hint string) {
	p := newProblem(rule, pos, nil, message, hint)
	id := rule + "\x00" + pos.source().String() + "\x00" + message
	if f.told[id] {
		return
	}
	if f.full() {
		return
	}
	f.told[id] = true
	p.Address, p.Path = address, f.path(pos, path)
	f.problems = append(f.problems, p)
}

// full tells whether nobody is told of another problem, and counts it then: looking for what may
// have been meant costs more than the rest.
func (f *findings) full() bool {
	if len(f.problems) < 2*spec.MaxProblems { // half of them may be warnings
		return false
	}
	f.dropped++
	return true
}

// path puts the way to the layer before the way inside it: a problem of an
// inherited value is told where the value stands.
func (f *findings) path(pos at, below string) string {
	var best *layer
	for _, l := range f.layers {
		if l.file == pos.file && compareAt(l.at, pos) <= 0 && (best == nil || compareAt(best.at, l.at) < 0) {
			best = l
		}
	}
	if best == nil {
		return text.Clean(below)
	}
	root := "organizations."
	if best.isProfile {
		root = "profiles."
	}
	return strings.TrimSuffix(root+best.key+"."+text.Clean(below), ".")
}

func (f *findings) duplicate(rule string, first, second *spec.Organization, field, message string) {
	a, b := first.At[field], second.At[field]
	if a.Compare(&b) > 0 {
		first, second, a, b = second, first, b, a
	}
	f.problems = append(f.problems, spec.Problem{
		Severity: severities[rule], Rule: rule, Address: spec.Address(second.Key),
		Path:    "organizations." + second.Key + "." + field,
		Message: message, Hint: "remove one of them, or give each its own id", Source: &b, Related: &a,
	})
}
