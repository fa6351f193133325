package document

import (
	"math/big"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// decimalForm is how a number is written that everybody reads alike.
var decimalForm = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$`)

// inOtherForm tells of a number that is not written in decimal digits, where it is not the value of
// a variable: 0x10 invitations are 16 to a program, and 10 to who reads over it.
func inOtherForm(d *decoder, n *yaml.Node, t *keyPath) bool {
	if !d.plain(n) || decimalForm.MatchString(n.Value) {
		return false
	}
	hint := "write it in decimal digits"
	if digits := decimalsAt(d, n, t); digits != "" {
		hint = "write " + digits
	}
	d.report(ruleAmbiguous, n, t, "this number is written in another form than decimal digits", hint)
	return true
}

// decimalsAt are the whole numbers that somebody may have meant, where the excerpt of the document
// shows what is written: a variable's value is shown nowhere, nor what an alias took from one.
func decimalsAt(d *decoder, n *yaml.Node, t *keyPath) string {
	if p := publicAt(d.file.public(), t); p == nil || p.scalar == nil || n.Anchor != "" {
		return ""
	}
	return decimals(n.Value)
}

// publicAt says what may be shown of a path; nil: nothing.
func publicAt(root *public, t *keyPath) *public {
	if t == nil {
		return root
	}
	up := publicAt(root, t.up)
	switch {
	case up == nil || up.all:
		return up
	case t.index > 0:
		return nil
	}
	if below, known := up.keys[t.key]; known {
		return below
	}
	return up.others
}

// decimals are the whole numbers that a text can mean, in decimal digits: "10 or 8" for 010; ""
// where there are none.
func decimals(written string) string {
	if len(written) > 64 {
		return ""
	}
	bare := strings.ReplaceAll(strings.TrimPrefix(written, "+"), "_", "")
	var all []string
	if whole, ok := spec.WholeNumber(bare); ok {
		all = append(all, whole)
	}
	if whole, ok := new(big.Int).SetString(bare, 0); ok && !slices.Contains(all, whole.String()) { // by its prefix
		all = append(all, whole.String())
	}
	if len(all) == 0 {
		return ""
	}
	return text.Or(all)
}
