package makeapi

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// checkPlainRows holds what is read without encoding/json against what it reads.
func checkPlainRows(t interface{ Fatalf(string, ...any) }, reply string) (plain bool) {
	if _, plain = plainRows([]byte(reply)); !plain {
		return false
	}
	got, err := decodeVariables([]byte(reply))
	want, theirs := decodeAnyVariables([]byte(reply))
	if err != nil || theirs != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%s\nreads as\n%#v, %v, and by encoding/json\n%#v, %v", reply, got, err, want, theirs)
	}
	return true
}

// plainTokens are what rows are drawn from; the first ones are usual.
var plainTokens = []string{
	`"typeId"`, `"name"`, `"value"`, `"isSystem"`, `1`, `2`, `"A"`, `"B_2"`, `"https://a.example/{b},[c]"`, `true`, `false`, `null`, `-1.5`,
	`1e3`, `""`, `"é"`, `"2026-11-12T08:00:00.000Z"`, `0`, `" "`, `"1"`,
	`"NAME"`, `"other"`, `"a\"b"`, `"a\u0041"`, "\"\xff\"", "\"\x01\"", `"`, `'a'`, `01`, `-`, `1.`, `.5`, `+1`, `1 `, ` 1`, `1e`, `0x1`, `tru`, `truex`,
	`nul`, `{}`, `[]`, `{"a":1}`, `[1,2]`, ``, "\n", `1 2`, `"a" "b"`, `NaN`, `12345678901234567890`, `1e999`, "\u00a0",
}

// TestPlainRows: replies put together from rows that are usual, with odd signs between them.
func TestPlainRows(t *testing.T) {
	t.Parallel()
	drawn, plain := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		token := func() string {
			if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
				return rapid.SampledFrom(plainTokens).Draw(t, "token")
			}
			return rapid.SampledFrom(plainTokens[4:20]).Draw(t, "usual")
		}
		var rows []string
		for range rapid.IntRange(0, 3).Draw(t, "rows") {
			var fields []string
			for range rapid.IntRange(0, 4).Draw(t, "fields") {
				key := rapid.SampledFrom(plainTokens[:4]).Draw(t, "key")
				if rapid.IntRange(0, 19).Draw(t, "odd") == 0 {
					key = token()
				}
				fields = append(fields, key+":"+token())
			}
			rows = append(rows, "{"+strings.Join(fields, ",")+"}")
		}
		reply := `{"organizationVariables":[` + strings.Join(rows, ",") + `]}`
		if rapid.IntRange(0, 4).Draw(t, "change") == 0 {
			at := rapid.IntRange(0, len(reply)).Draw(t, "at")
			reply = reply[:at] + rapid.SampledFrom([]string{",", "}", "]", "{", "[", `"`, ":", " ", "\n", `\`, "1"}).Draw(t, "sign") + reply[at:]
		}
		drawn++
		if checkPlainRows(t, reply) {
			plain++
		}
	})
	if plain < drawn/10 {
		t.Errorf("%d of %d replies are plain: the others show nothing", plain, drawn)
	}
}

// FuzzPlainRows looks for a reply that is taken for plain and is not.
func FuzzPlainRows(f *testing.F) {
	for _, token := range plainTokens {
		f.Add(`{"organizationVariables":[{"typeId":2,"name":"A","value":` + token + `,"isSystem":false},{"name":"B","value":1}]}`)
	}
	f.Fuzz(func(t *testing.T, reply string) { checkPlainRows(t, reply) })
}

// TestUsualRowsArePlain keeps what Make sends among what is read fast.
func TestUsualRowsArePlain(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{
		`{"organizationVariables":[]}`,
		`{"organizationVariables":[{"typeId":2,"name":"URL","value":"https://acme.example/é","isSystem":false},` +
			`{"typeId":1,"name":"N","value":-1.5e3,"isSystem":false},{"typeId":3,"name":"B","value":true,"isSystem":true}]}` + "\n",
	} {
		if !checkPlainRows(t, reply) {
			t.Errorf("not plain: %s", reply)
		}
	}
}
