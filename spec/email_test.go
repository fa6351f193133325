package spec

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNormalEmail(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"Jane@Acme.example": "jane@acme.example", " jane@acme.example\n": "jane@acme.example",
		"jose\u0301@acme.example": "jos\u00e9@acme.example", "jane@xn--mller-kva.example": "jane@m\u00fcller.example",
		"jane@M\u00dcLLER.example": "jane@m\u00fcller.example", "*@XN--mller-kva.example": "*@m\u00fcller.example",
		"x@\uff45vil\u3002example": "x@evil.example", "x@\U0001d41evil\uff61EXAMPLE": "x@evil.example",
		"\uff45@a.example": "\uff45@a.example", "x@a\uff20b": "x@a\uff20b",
		"xn--mller-kva@a.example": "xn--mller-kva@a.example", "a@xn--.example": "a@.example", "": "",
	} {
		if got := NormalEmail(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := NormalEmail(rapid.String().Draw(t, "address"))
		if again := NormalEmail(once); again != once {
			t.Fatalf("%q becomes %q", once, again)
		}
	})
}

// TestNobodyIsNamedByWhatNobodySees: an e-mail that shows as another one is none.
func TestNobodyIsNamedByWhatNobodySees(t *testing.T) {
	t.Parallel()
	for _, invisible := range []string{"\u200b", "\u00ad", "\u034f", "\u115f", "\u3164", "\ufe0f", "\u2800", "\U000e0100"} {
		for _, email := range []string{"ja" + invisible + "ne@acme.example", "jane@acme" + invisible + ".example"} {
			if AcceptsEmail(email) {
				t.Errorf("%q is accepted", email)
			}
		}
	}
}
