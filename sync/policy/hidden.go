package policy

import (
	"errors"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// hidden is a side of a field that plans do not show: {sensitive: true}, with `reference` where it
// comes from one, or {unknown: true}. Expressions ask for these keys and for nothing else of it:
// what they would do with the value decides nothing, since `==` with a text is just false, and a
// document could make a policy pass by calling a value a secret.
type hidden struct{ traits.Mapper }

// errHidden ends an expression that looks at what is hidden.
var errHidden = errors.New("it looks at a value that the plan does not show")

// hides tells whether a decoded value is such a side.
func hides(side map[string]any) bool { return side["sensitive"] == true || side["unknown"] == true }

func hide(keys any) any { return hidden{types.DefaultTypeAdapter.NativeToValue(keys).(traits.Mapper)} }

// guardHidden makes it an error to read what is hidden as a whole. has(f.to.sensitive) and
// f.to.reference read a key of it: CEL takes these as one attribute with the way to the key.
func guardHidden(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	if attribute, ok := i.(interpreter.InterpretableAttribute); ok {
		return shownAttribute{attribute}, nil
	}
	return i, nil
}

type shownAttribute struct {
	interpreter.InterpretableAttribute
}

// Exec reads the attribute.
func (a shownAttribute) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return refuseHidden(a.InterpretableAttribute.Exec(frame))
}

// Eval reads the attribute.
func (a shownAttribute) Eval(vars interpreter.Activation) ref.Val {
	return refuseHidden(a.InterpretableAttribute.Eval(vars))
}

func refuseHidden(value ref.Val) ref.Val {
	if _, is := value.(hidden); is {
		return types.WrapErr(errHidden)
	}
	return value
}
