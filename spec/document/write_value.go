package document

import (
	"cmp"
	"errors"
	"strings"

	"makesync/spec"
)

// VariableText is how a live value is written at a place in a document.
type VariableText struct {
	// Whole is the whole entry: the short form where it says the same.
	Whole string
	// Type and Value are the fields of the long form. Implied: the value alone tells the type.
	Type, Value string
	Implied     bool
}

// TextOfVariable writes a value as WriteDocument would, never as a reference and never to be taken
// literally. The error says why a document cannot hold it so.
func TextOfVariable(v *spec.Variable) (VariableText, error) {
	plain := *v
	plain.State, plain.Reference, plain.IgnoreValue, plain.Literal = "", "", false, false
	value, literal, why := writeValue(&plain)
	if literal {
		why = "its value looks like a placeholder"
	}
	if why = cmp.Or(why, refusedName(plain.Name)); why != "" {
		return VariableText{}, errors.New(why)
	}
	whole, _ := writeVariable(&plain)
	implied := plain.Type != spec.TypeDate && isShort(&plain, value)
	return VariableText{Whole: whole, Type: plain.Type.String(), Value: value, Implied: implied}, nil
}

func refusedName(name string) string {
	if why := spec.RefusedVariableName(name); why != "" {
		return "Make refuses its name: " + why
	}
	return ""
}

// TextOfName writes a name, a code or an id of a list.
func TextOfName(s string) string { return writeNameOrID(s) }

// TextOfKey writes a key of a mapping, or a text.
func TextOfKey(s string) string { return writeText(s) }

// AbsentText is the entry of an object that shall not be there.
const AbsentText = "{state: absent}"

// Holds tells whether a name of a list may stand in a document: not empty, valid text in one line,
// and nothing that a profile would fill in or a reference would be read from.
func Holds(name string) bool {
	return name != "" && !strings.ContainsAny(name, "\n\r") && !strings.Contains(name, "${") && len(name) <= maxText/2
}
