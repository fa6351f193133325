package state

import (
	"fmt"
	"regexp"
	"testing"

	"makesync/spec"

	"pgregory.net/rapid"
)

func named(id int64, name string) *Organization {
	return &Organization{Organization: spec.Organization{ID: id, Name: name}}
}

func TestKeyOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Acme Automation":       "acme-automation",
		"Žluťoučký kůň, s.r.o.": "zlutoucky-kun-s-r-o",
		"Z\u030cluty":           "zluty",
		"Straße & Söhne":        "strasse-and-sohne",
		"O'Brien":               "obrien",
		"Жизнь":                 "zhizn",
		"Ελλάδα":                "ellada",
		"日本":                    "",
		"A/B*C?D[E%F":           "a-b-c-d-e-f",
		"ACME (EU) - 2":         "acme-eu-2",
		"an organization with a name that is much too long for a key": "an-organization-with-a-name-that-is-much",
	} {
		if got := keyOf(name); got != want {
			t.Errorf("keyOf(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestDeriveKeysTellsEqualNamesApart(t *testing.T) {
	t.Parallel()
	keys := DeriveKeys([]*Organization{named(11, "Acme"), named(12, "ACME"), named(13, "Acme 12"), named(14, "日本"), named(15, "X-Ray")})
	want := map[int64]string{11: "acme-11", 12: "acme-12-12", 13: "acme-12-13", 14: "org-14", 15: "org-x-ray"}
	if fmt.Sprint(keys) != fmt.Sprint(want) {
		t.Errorf("keys = %v, want %v", keys, want)
	}
}

func TestKeysAreUniqueAndDoNotDependOnOrder(t *testing.T) {
	t.Parallel()
	valid := regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{"a", "A", "a 1", "a-1", "a 1 1", "1", "x-1", ""}), rapid.String()), 0, 12).Draw(t, "names")
		var list, reversed []*Organization
		for i, name := range names {
			list = append(list, named(int64(i+1), name))
			reversed = append([]*Organization{named(int64(i+1), name)}, reversed...)
		}
		keys := DeriveKeys(list)
		seen := map[string]bool{}
		for _, key := range keys {
			if seen[key] || !valid.MatchString(key) {
				t.Fatalf("key %q is there twice or not valid, in %v", key, keys)
			}
			seen[key] = true
		}
		if fmt.Sprint(keys) != fmt.Sprint(DeriveKeys(reversed)) {
			t.Fatalf("keys depend on the order")
		}
	})
}
