package makeapi

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestSecretsAcrossReads: a secret is found wherever a reply is cut, and what holds none comes as it is.
func TestSecretsAcrossReads(t *testing.T) {
	secrets := newSecretForms([]string{"00000000-0000-4000-8000-000000000001", "MDAwMDAwMDAtMDAwMC00", "a/secret\u00fc<of>some\\length"})
	for _, secret := range []string{"00000000-0000-4000-8000-000000000001", "MDAwMDAwMDAtMDAwMC00", `0000\u0030000-00\u00300\u002d4000-8000-000000000001`,
		`\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u002D\u0030\u0030\u0030\u0030-4000-8000-000000000001`,
		`a\/secret\u00fc\u003Cof>some\\length`, "a/secret\u00fc<of>some\\\\length"} {
		for before := range 80 {
			text := strings.Repeat("x", before) + secret + strings.Repeat("y", 100-before)
			for _, from := range []io.Reader{
				strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)), iotest.HalfReader(strings.NewReader(text)),
				iotest.DataErrReader(strings.NewReader(text)), io.MultiReader(strings.NewReader(text[:before+7]), strings.NewReader(text[before+7:])),
			} {
				read, err := io.ReadAll(&secretsReader{from: from, secrets: &secrets})
				if !errors.Is(err, errRepeats) || strings.Contains(string(read), secret) {
					t.Fatalf("%d before: %v, %q", before, err, read)
				}
			}
			without := strings.Repeat("x", before) + secret[:len(secret)-1] + "y" + secret[:len(secret)-1]
			from := iotest.OneByteReader(strings.NewReader(without))
			if read, err := io.ReadAll(&secretsReader{from: from, secrets: &secrets}); err != nil || string(read) != without {
				t.Fatalf("%d before: %v, %q", before, err, read)
			}
		}
	}
}
