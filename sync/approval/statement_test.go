package approval

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestStatement(t *testing.T) {
	t.Parallel()
	text, err := wanted().Text()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseStatement(text)
	if err != nil || !parsed.sameExceptTimes(wanted()) || !parsed.Until.Equal(wanted().Until) {
		t.Fatal(parsed, err)
	}
	const acmeLine, studioLine = `organization: eu1 11 acme "Acme Automation"` + "\n", `organization: eu1 new studio "Studio"` + "\n"
	if !strings.Contains(string(text), acmeLine+studioLine) {
		t.Fatalf("no names in\n%s", text)
	}
	for name, changed := range map[string]string{
		"no name":           strings.Replace(string(text), ` "Studio"`, "", 1),
		"a bare name":       strings.Replace(string(text), `"Studio"`, "Studio", 1),
		"another quote":     strings.Replace(string(text), `"Studio"`, "`Studio`", 1),
		"a name escaped":    strings.Replace(string(text), `"Studio"`, `"\x53tudio"`, 1),
		"words behind":      strings.Replace(string(text), `"Studio"`, `"Studio" too`, 1),
		"CRLF":              strings.ReplaceAll(string(text), "\n", "\r\n"),
		"CR":                strings.ReplaceAll(string(text), "\n", "\r"),
		"no last line feed": strings.TrimSuffix(string(text), "\n"),
		"one more":          string(text) + "\n",
		"a space":           strings.Replace(string(text), "acme \"", "acme  \"", 1),
		"no note":           strings.Replace(string(text), ` "1 team: Ops"`, "", 1),
		"a note escaped":    strings.Replace(string(text), `"1 team: Ops"`, `"\x31 team: Ops"`, 1),
		"a bare note":       strings.Replace(string(text), `"1 team: Ops"`, "1 team: Ops", 1),
		"more of a note":    strings.Replace(string(text), `"1 team: Ops"`, `"1 team: Ops" "2 teams"`, 1),
		"another address":   strings.Replace(string(text), `"acme" "1 team: Ops"`, `acme "1 team: Ops"`, 1),
		"a line twice":      strings.Replace(string(text), acmeLine, acmeLine+acmeLine, 1),
		"another order":     strings.Replace(string(text), acmeLine+studioLine, studioLine+acmeLine, 1),
		"an unknown line":   string(text) + "also: everything\n",
		"two digests":       strings.Replace(string(text), "zone:", "digest: sha256:"+strings.Repeat("6", 64)+"\nzone:", 1),
		"a leading zero":    strings.Replace(string(text), " 11 ", " 011 ", 1),
		"upper case hex":    strings.Replace(string(text), strings.Repeat("5", 64), strings.Repeat("A", 64), 1),
		"another time zone": strings.Replace(string(text), "12:00:00Z", "13:00:00+01:00", 1),
		"a byte order mark": "\ufeff" + string(text),
		"a from in seconds": strings.Replace(string(text), ".000Z", "Z", 1),
		"a from of +00:00":  strings.Replace(string(text), ".000Z", ".000+00:00", 1),
		"another remark":    strings.Replace(string(text), "whoever applies", "the approver", 1),
		"empty":             "",
		"too long":          string(text) + strings.Repeat("zone: eu1 eu1.make.com\n", maxStatement/20),
	} {
		if s, err := ParseStatement([]byte(changed)); err == nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	for name, change := range map[string]func(*Statement){
		"digest":         func(s *Statement) { s.Digest = "sha256:5" },
		"no zone":        func(s *Statement) { s.Zones = nil },
		"host":           func(s *Statement) { s.Zones[0].Host = "eu1.make.com\nzone: us1 us1.make.com" },
		"odd host":       func(s *Statement) { s.Zones[0].Host = "еu1.make.com" }, // a Cyrillic letter
		"key":            func(s *Statement) { s.Organizations[0].Key = "acme studio" },
		"id":             func(s *Statement) { s.Organizations[0].ID = -1 },
		"without an end": func(s *Statement) { s.Until = time.Time{} },
		"no beginning":   func(s *Statement) { s.From = time.Time{} },
	} {
		s := wanted()
		if change(&s); s.Until.IsZero() && name != "without an end" {
			t.Fatal(name)
		}
		if text, err := s.Text(); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
	s := wanted()
	s.NotCovered = []string{"acme/variable/A\nuntil: 2999", "acme/variable/ž"}
	s.Organizations[0].Name = "A\nuntil: 2999 \"ž\" \u202e"
	text, err = s.Text()
	if err != nil || bytes.Contains(text, []byte("\nuntil: 2999")) || bytes.Contains(text, []byte("ž")) {
		t.Errorf("%s %v", text, err)
	}
	if back, err := ParseStatement(text); err != nil || back.Organizations[0].Name != s.Organizations[0].Name {
		t.Errorf("%+v %v", back, err)
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	zone := map[string]any{"name": "eu1", "url": "https://eu1.make.com"}
	acme := map[string]any{"key": "acme", "zone": "eu1", "id": 11.0, "name": "Acme", "steps": []any{1}}
	plan := func(zones, organizations []any) map[string]any {
		return map[string]any{"digest": wanted().Digest, "zones": zones, "organizations": organizations}
	}
	other := map[string]any{"name": "us1", "url": "http://127.0.0.1:8080", "sandbox": true}
	idle := map[string]any{"key": "idle", "zone": "us1", "id": 5.0, "steps": []any{}}
	s, err := Of(plan([]any{zone, other}, []any{acme, idle}), noon, noon, nil)
	if err != nil || len(s.Zones) != 1 || len(s.Organizations) != 1 {
		t.Error(s, err)
	}
	alone, err := Of(plan([]any{zone}, []any{acme}), noon, noon, nil)
	if err != nil || !s.sameExceptTimes(alone) {
		t.Error("what the plan leaves alone changes the statement", err)
	}
	for name, odd := range map[string]map[string]any{
		"nothing":        {},
		"no steps":       plan([]any{zone}, []any{idle}),
		"unknown zone":   plan([]any{other}, []any{acme}),
		"a zone twice":   plan([]any{zone, zone}, []any{acme}),
		"no host":        plan([]any{map[string]any{"name": "eu1", "url": "eu1"}}, []any{acme}),
		"no id":          plan([]any{zone}, []any{map[string]any{"key": "a", "zone": "eu1", "name": "A", "steps": []any{1}}}),
		"half an id":     plan([]any{zone}, []any{map[string]any{"key": "a", "zone": "eu1", "id": 1.5, "name": "A", "steps": []any{1}}}),
		"no digest":      {"zones": []any{zone}, "organizations": []any{acme}},
		"a key of words": plan([]any{zone}, []any{map[string]any{"key": "a b", "zone": "eu1", "id": 1.0, "name": "A", "steps": []any{1}}}),
		"no name":        plan([]any{zone}, []any{map[string]any{"key": "a", "zone": "eu1", "id": 1.0, "steps": []any{1}}}),
	} {
		if s, err := Of(odd, noon, noon, nil); err == nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
}
