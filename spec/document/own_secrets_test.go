package document

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestLawEncodedSecretsAreSecrets: what anybody decodes gives a secret away as the secret does,
// wherever it begins in what is encoded.
func TestLawEncodedSecretsAreSecrets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[!-~]{1}[ -~é]{6,40}[!-~]{1}`).Draw(t, "secret")
		before := rapid.StringMatching(`[ -~]{0,7}`).Draw(t, "before")
		after := rapid.StringMatching(`[ -~]{0,7}`).Draw(t, "after")
		whole := before + secret + after
		quoted, _ := json.Marshal(whole)
		lowerCase := func(s string) string { return upperEscape.ReplaceAllStringFunc(s, strings.ToLower) }
		secrets := OwnSecrets{}.With("another secret").With(secret + "longer").With(secret).With(secret[:8] + "é")
		for form, value := range map[string]string{
			"as it is":    whole,
			"base64":      base64.StdEncoding.EncodeToString([]byte(whole)),
			"of urls":     base64.URLEncoding.EncodeToString([]byte(whole)),
			"without =":   base64.RawStdEncoding.EncodeToString([]byte(whole)),
			"hex":         hex.EncodeToString([]byte(whole)),
			"HEX":         strings.ToUpper(hex.EncodeToString([]byte(whole))),
			"query":       url.QueryEscape(whole),
			"path":        url.PathEscape(whole),
			"query, low":  lowerCase(url.QueryEscape(whole)),
			"path, low":   lowerCase(url.PathEscape(whole)),
			"JSON":        string(quoted),
			"JSON, plain": strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(whole),
		} {
			value = "see " + value + "."
			if !secrets.GivenAway(value) {
				t.Errorf("%s: %q is not seen in %q", form, secret, value)
			}
			shown := make([]bool, len(value))
			for i := range shown {
				shown[i] = true
			}
			secrets.hide(value, shown)
			if hidden := strings.Count(fmt.Sprint(shown), "false"); hidden < leastContained {
				t.Errorf("%s: %q is shown in %q", form, secret, value)
			}
		}
	})
}

// TestValuesWithoutSecrets: what merely looks alike is none.
func TestValuesWithoutSecrets(t *testing.T) {
	t.Parallel()
	secrets := OwnSecrets{}.With("00000000-0000-4000-8000-000000000001").With("short").With("  ")
	for _, value := range []string{
		"", "00000000-0000-4000-8000-000000000002", "a short text", "c2hvcnQ=", "AAAAAAAAAAAA", "30303030",
		base64.StdEncoding.EncodeToString([]byte("00000000-0000-4000-8000-000000000002")),
		hex.EncodeToString([]byte("00000000-0000-4000-8000-000000000002")),
	} {
		if secrets.GivenAway(value) {
			t.Errorf("%q is taken for a secret", value)
		}
	}
	if !secrets.GivenAway("short") {
		t.Error("a short secret by itself is not seen")
	}
}

// TestLawSecretsWithinValues: however secrets begin and hold each other, a value gives one away when
// it holds one.
func TestLawSecretsWithinValues(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`[ab]{8,14}`)
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(text, 1, 6).Draw(t, "secrets")
		value := rapid.StringMatching(`[ab]{0,40}`).Draw(t, "value")
		var secrets OwnSecrets
		want := false
		for _, secret := range all {
			secrets = secrets.With(secret)
			want = want || strings.Contains(value, secret)
		}
		if got := secrets.GivenAway(value); got != want {
			t.Fatalf("%v, and %v is right", got, want)
		}
	})
}
