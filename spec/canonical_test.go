package spec

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		t    VariableType
		raw  any
		want string
	}{
		{TypeNumber, "5", "5"}, {TypeNumber, 5, "5"}, {TypeNumber, json.Number("5.0"), "5"}, {TypeNumber, "5e0", "5"},
		{TypeNumber, json.RawMessage("5.00"), "5"}, {TypeNumber, json.RawMessage(`"5"`), "5"}, {TypeNumber, 0.1, "0.1"},
		{TypeNumber, "-0", "0"}, {TypeNumber, "0.0", "0"}, {TypeNumber, "+5", "5"}, {TypeNumber, ".5", "0.5"},
		{TypeNumber, "5.", "5"},
		{TypeNumber, "12345678901234567890123", "1.2345678901234567890123e+22"}, {TypeNumber, "1e3", "1000"},
		{TypeNumber, "1e-3", "0.001"},
		{TypeNumber, "100000000000000000000", "100000000000000000000"}, {TypeNumber, "1e22", "1e+22"},
		{TypeNumber, "0x1F", "31"},
		{TypeNumber, "9007199254740993", "9007199254740993"},
		{TypeNumber, "0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"},
		{TypeNumber, int64(-7), "-7"}, {TypeNumber, "0.00000001", "1e-8"}, {TypeNumber, "1e999999", "1e+999999"},
		{TypeBoolean, true, "true"}, {TypeBoolean, "TRUE", "true"}, {TypeBoolean, json.RawMessage("false"), "false"},
		{TypeString, " a ", " a "}, {TypeString, "", ""}, {TypeString, "true", "true"},
		{TypeString, json.RawMessage(`"é"`), "é"},
		{TypeDate, "2026-11-20T00:00:00.000Z", "2026-11-20T00:00:00.000Z"},
		{TypeDate, "2026-11-20T01:00:00+01:00", "2026-11-20T00:00:00.000Z"},
		{TypeDate, "2026-11-20", "2026-11-20T00:00:00.000Z"},
		{TypeDate, "2026-11-20t00:00:00.1234z", "2026-11-20T00:00:00.123Z"},
		{TypeDate, "2026-11-20T00:00Z", "2026-11-20T00:00:00.000Z"},
		{TypeDate, "2026-11-20T00:00:00+0100", "2026-11-19T23:00:00.000Z"},
	} {
		if got, err := Canonical(c.t, c.raw); err != nil || got != c.want {
			t.Errorf("Canonical(%s, %v) = %q, %v; want %q", c.t, c.raw, got, err, c.want)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		t   VariableType
		raw any
	}{
		{TypeNumber, ""}, {TypeNumber, "a"}, {TypeNumber, true}, {TypeNumber, "1e"}, {TypeNumber, "--1"},
		{TypeNumber, "1e9999999999"}, {TypeNumber, "NaN"},
		{TypeNumber, "1,5"}, {TypeNumber, " 5"}, {TypeNumber, "."}, {TypeNumber, "0x"},
		{TypeNumber, json.RawMessage("{}")}, {TypeNumber, nil},
		{TypeBoolean, 1}, {TypeBoolean, "yes"}, {TypeString, 5}, {TypeString, true},
		{TypeString, json.RawMessage(`["a"]`)},
		{TypeDate, 20261120}, {TypeDate, "tomorrow"}, {TypeDate, "2026-11-20T00:00:00"}, {TypeDate, "2026-13-01"},
		{TypeUnknown, "a"},
		{TypeString, json.RawMessage("{")},
	} {
		text, err := Canonical(c.t, c.raw)
		if err == nil {
			t.Errorf("Canonical(%s, %v) = %q", c.t, c.raw, text)
		}
	}
}

// TestNumbersAreCanonicalByValue: two spellings have one canonical text exactly
// when they are the same number, and the text is that number.
func TestNumbersAreCanonicalByValue(t *testing.T) {
	t.Parallel()
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,12})?([eE][-+]?[0-9]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		x, errX := Canonical(TypeNumber, a)
		y, errY := Canonical(TypeNumber, b)
		if errX != nil || errY != nil {
			t.Fatal(a, errX, b, errY)
		}
		p, q, r := rat(a), rat(b), rat(x)
		if (x == y) != (p.Cmp(q) == 0) || r.Cmp(p) != 0 {
			t.Fatalf("%s → %s, %s → %s", a, x, b, y)
		}
		if again, err := Canonical(TypeNumber, x); err != nil || again != x || !json.Valid([]byte(x)) {
			t.Fatalf("%s is not stable: %s, %v", x, again, err)
		}
	})
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

func TestDatesAreCanonicalByInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		when := time.UnixMilli(rapid.Int64Range(-30_000_000_000_000, 200_000_000_000_000).Draw(t, "ms"))
		offset := rapid.IntRange(-14*60, 14*60).Draw(t, "minutes")
		text := when.In(time.FixedZone("", offset*60)).Format("2006-01-02T15:04:05.000Z07:00")
		got, err := Canonical(TypeDate, text)
		if err != nil || got != when.UTC().Format(dateLayout) {
			t.Fatalf("%s → %s, %v", text, got, err)
		}
	})
}

// TestFormsThatStandAreLeft holds what is told without reading a value apart against what reading it
// gives: whole numbers, and dates as Make writes them.
func TestFormsThatStandAreLeft(t *testing.T) {
	t.Parallel()
	digits := rapid.StringMatching(`[+-]?[0-9]{0,24}`)
	date := rapid.StringMatching(`20[0-9][0-9]-[0-9]{1,2}-[0-9]{1,2}[Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}[.,]?[0-9]{2,5}[Zz]`)
	rapid.Check(t, func(t *rapid.T) {
		if n := digits.Draw(t, "digits"); isCanonicalWhole(n) {
			_, digits, exponent, ok := splitNumber(n)
			double, err := strconv.ParseFloat(n, 64)
			kept := rat(strconv.FormatFloat(double, 'g', -1, 64))
			if !ok || err != nil || digits != "" && layOut(digits, exponent) != n || rat(DoubleOf(n)).Cmp(kept) != 0 {
				t.Fatalf("%s is taken as it stands", n)
			}
		}
		text := date.Draw(t, "date")
		got, ok := canonicalDate(text)
		if when, err := time.Parse(dateLayout, strings.ToUpper(text)); ok && hasDateLayout(text) &&
			(err != nil || got != when.Format(dateLayout)) {
			t.Fatalf("%s is taken as it stands", text)
		}
	})
}

// TestSecretWordsFold: a word is one of those that name secrets exactly when it folds to it.
func TestSecretWordsFold(t *testing.T) {
	t.Parallel()
	words := slices.Sorted(maps.Keys(sensitiveWords))
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(words).Draw(t, "word")
		drawn := ""
		for _, r := range word {
			for range rapid.IntRange(0, 3).Draw(t, "folds") {
				r = unicode.SimpleFold(r)
			}
			drawn += string(r)
		}
		drawn += rapid.SampledFrom([]string{"", "", "", "S", "é", "\x00", "\xff", "ſ"}).Draw(t, "behind")
		for _, last := range []bool{false, true} {
			want := slices.ContainsFunc(words, func(w string) bool {
				return strings.EqualFold(w, drawn) && (last || !sensitiveWords[w])
			})
			if isSecretWord(drawn, last) != want {
				t.Fatalf("%q, last %v: %v", drawn, last, !want)
			}
		}
	})
	for word := range sensitiveWords {
		if len(word) > longestSensitiveWord {
			t.Errorf("%s is longer than what is compared", word)
		}
	}
}

func TestIsSensitive(t *testing.T) {
	t.Parallel()
	glob, err := ParseGlob("*/variable/*_DSN")
	if err != nil {
		t.Fatal(err)
	}
	globs := []Glob{glob}
	for name, want := range map[string]bool{
		"API_TOKEN": true, "my_secret": true, "Password1": true, "apikey": false, "MY_API_KEY": true,
		"API_BASE": false, "MAIN_DSN": true, "": false, "TOKE": false, "tOkEn": true, "accessToken": true,
		"APIToken": true, "STRIPE_KEY": true, "STRIPE_KEY_2": true, "KEY": true, "MONKEY": false, "KEY_NAME": false,
		"apiKey": true, "DB_PASS": true, "BYPASS": false, "COMPASS_ID": false, "AUTH_URL": true, "AUTHOR": false,
		"WEBHOOK_URL": true, "JWT": true, "db-pwd": true, "a.private.b": true, "$CREDENTIALS": true, "PASSENGER": false,
		"SSH_PASSPHRASE": true, "mySECRETValue": true,
	} {
		if got := IsSensitive(NewAddress("acme", KindVariable, name), name, globs); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestLooksSecretReadsLongTextsOnce: with a cost that grows with the square, one of these takes
// longer than all tests may.
func TestLooksSecretReadsLongTextsOnce(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"https://", "https://a/", "a:", ":", "=", "@", "a@", ":@", "key=", "://@", "Bearer ", " ", "\"",
		":\"", "= ", "eyJ.", "sk-", "a"} {
		LooksSecret(strings.Repeat(piece, (4<<20)/len(piece)))
	}
}

func TestLooksSecret(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"": false, "hello world": false, "https://api.acme.example/v1": false, "jane@acme.example": false,
		"mailto:jane@acme.example": false, "https://acme.example/@jane:x": false, "https://acme.example/a:b@c": false,
		"10:30 @ the office": false, "postgres://u:p@db.acme.example/x": true, "see redis://:hunter2@cache:6379": true,
		"root:hunter2@tcp(db:3306)/x": true, "-----BEGIN RSA PRIVATE KEY-----\nMII": true,
		"-----BEGIN CERTIFICATE-----\nMII": false, "ghp_0123456789abcdef0123456789abcdef0123": true, "sk-short": false,
		"sk-0123456789abcdef0123456789": true, "Basic understanding of everything": false,
		"Basic dXNlcjpwYXNzd29yZDE=": true, "AKIAIOSFODNN7EXAMPLE": true,
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLXNpZ24": true,
		// In a text, in JSON, in a connection string, in a url.
		" ghp_0123456789abcdef0123456789abcdef0123\n": true, "key=sk_live_0123456789abcdef": true,
		`{"apiKey":"sk_live_0123456789abcdef"}`: true, "Authorization: Bearer 0123456789abcdef": true,
		"-H 'authorization: bearer 0123456789abcdef'": true, "use Basic dXNlcjpwYXNzd29yZDE= then": true,
		"jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLXNpZ24!": true,
		"Server=db;Password=hunter2;Uid=1":                              true, "host=db password='correct horse'": true, "pwd=hunter": true,
		`{"client_secret": "a1b2c3d4"}`: true, "https://a.example/x?api_key=0123456789abcdef&y=1": true,
		"https://a.example/x?access_token=abcdefgh": true, "https://hooks.slack.com/services/T0/B0/abcdef0": true,
		"post to https://hook.eu1.make.com/abcdefghijklmnop0123": true,
		"https://discord.com/api/webhooks/1/abcdefghijkl":        true, "https://a.webhook.office.com/webhookb2/abc@def": true,
		"https://hook.eu1.make.com/": false, "https://hooks.slack.com/": false, "https://hook.acme.example/abcdefghijklmnop": false,
		"sort_key=created_at": false, "monkey=hunter2hunter2hunter2": false, "auth=on": false, "Token: see the wiki": false,
		"Auth: https://auth.acme.example": false, "a pat-terned-wallpaper-with-flowers": false, "Bearer of good news everywhere": false,
		"secret_of_the_old_monastery is a book": false, "password=": false, "time: 10:30:00, key: value": false,
		"===:::=== a=b=c": false,
	} {
		if got := LooksSecret(value); got != want {
			t.Errorf("%q: %v", value, got)
		}
		if Sensitive(value).Unmasked().IsSensitive() != want {
			t.Errorf("%q is shown though its shape is that of a secret", value)
		}
	}
}
