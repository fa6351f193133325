package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestValueMasksItself prints a secret in every way that Go offers.
func TestValueMasksItself(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	v := Sensitive(secret)
	holder := struct {
		V Value
		P *Value
		M map[string]Value
	}{v, &v, map[string]Value{"k": v}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10s", "%-10q"} {
		fmt.Fprintf(&out, verb+"\n", v)
		fmt.Fprintf(&out, verb+"\n", &v)
		fmt.Fprintf(&out, verb+"\n", holder)
		fmt.Fprintf(&out, verb+"\n", []Value{v})
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("x", "v", v, "p", &v, "h", holder, "err", fmt.Errorf("e: %v", v))
	}
	for _, x := range []any{v, &v, holder, map[Value]int{v: 1}} {
		if err := json.NewEncoder(&out).Encode(x); err != nil {
			t.Fatal(err)
		}
	}
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), "104 117"} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the secret shows as %s in:\n%s", form, out.String())
		}
	}
	if Plain(secret).String() != secret || v.Reveal() != secret || v.Unmasked().String() != secret ||
		!Plain("").IsZero() {
		t.Error("a plain value hides")
	}
}

// TestOwnValuesStayMasked: no pattern and no address unmasks what gives the run's own secrets away.
func TestOwnValuesStayMasked(t *testing.T) {
	own := Own("hunter2")
	for _, v := range []Value{own, own.Masked(), own.Unmasked(), own.Unmasked().Masked().Unmasked()} {
		if !v.IsSensitive() || !v.IsOwn() || !v.IsSecret() || v.Reveal() != "hunter2" {
			t.Errorf("%#v is shown", v)
		}
	}
	if Sensitive("hunter2").IsSecret() || Sensitive("hunter2").IsOwn() {
		t.Error("a masked value is a secret by itself")
	}
}
