package document

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
	older "sigs.k8s.io/yaml"

	"makesync/spec"
)

// TestWriteDocument compares the house style with a golden file.
func TestWriteDocument(t *testing.T) {
	t.Parallel()
	on := true
	organizations := []spec.Organization{
		{
			Key: "acme", Zone: "eu1", ID: 11, Name: "Acme Automation", Country: "203", Timezone: "Europe/Prague",
			TFAEnforced: &on,
			FeatureControls: []spec.FeatureControl{{Name: "Make AI Tools"}, {Name: "Other: one", Enabled: true},
				{Name: "other: one"}, {Name: "x-ray"}},
			Variables: []spec.Variable{
				{Name: "API_BASE", Type: spec.TypeString, Value: spec.Plain("https://api.acme.example")},
				{Name: "BIG", Type: spec.TypeNumber, Value: spec.Plain("1e+22")},
				{Name: "BROKEN", Type: spec.TypeNumber, Value: spec.Plain("abc")},
				{Name: "COUNTRY", Type: spec.TypeString, Value: spec.Plain("NO")},
				{Name: "COUNTER", Type: spec.TypeNumber, Value: spec.Plain("0"), IgnoreValue: true},
				{Name: "DATE", Type: spec.TypeDate, Value: spec.Plain("2026-11-20T00:00:00.000Z")},
				{Name: "EMPTY", Type: spec.TypeString, Value: spec.Plain("")},
				{Name: "FLAG", Type: spec.TypeBoolean, Value: spec.Plain("true")},
				{Name: "LINES", Type: spec.TypeString, Value: spec.Plain("one\ntwo\t\"x\"\u2028")},
				{Name: "ODD", Type: spec.TypeString, Invalid: "its value is an object"},
				{Name: "OLD", State: spec.Absent},
				{Name: "PASSWORD", Type: spec.TypeString, Value: spec.Sensitive("hunter2"),
					Reference: "${env:ACME_PASSWORD}"},
				{Name: "STARS", Type: spec.TypeString, Value: spec.Plain("***")},
				{Name: "TEMPLATE", Type: spec.TypeString, Value: spec.Plain("${env:HOME} is $${x}")},
				{Name: "TEXT_FIVE", Type: spec.TypeString, Value: spec.Plain("5")},
				{Name: "TOKEN", Type: spec.TypeString, Value: spec.Sensitive("hunter2")},
				{Name: "api_base", Type: spec.TypeString, Value: spec.Plain("twin")},
				{Name: "no", Type: spec.TypeNumber, Value: spec.Plain("-1.5")},
			},
			Members: []spec.Member{
				{Email: "bob@acme.example", Role: "Member"},
				{Email: "carl@acme.example"},
				{Email: "eve@acme.example", Role: "15",
					Invite: &spec.Invite{Name: "Eve, Mrs", Teams: []string{"Ops", "7"}, Note: "Welcome: {you}"}},
				{Email: "gone@acme.example", State: spec.Absent, DeleteConnections: true},
				{Email: "jane@acme.example"},
				{Email: "no address"},
				{Email: "owner@acme.example", Role: "Owner"},
			},
			Owner: "jane@acme.example", Purge: []spec.Kind{spec.KindMember, spec.KindVariable},
		},
		{Key: "beta", Zone: "us1", ID: 12, Name: "Beta & Sons", Variables: []spec.Variable{}, Members: []spec.Member{},
			Owner: "nobody@acme.example"},
		{Key: "old", Zone: "eu1", ID: 13, Name: "Old Org", State: spec.Absent},
	}
	var out bytes.Buffer
	unwritten, err := WriteDocument(&out, organizations, WriteOptions{
		Zone: "eu1", Header: []string{"exported by makesync", "two\x1b[31m lines\nin one"},
		Comments: map[spec.Address][]string{
			"acme": {"id 11"}, "acme/variable": {"everything but system variables"},
			"acme/variable/TOKEN": {"supply ACME_TOKEN"},
			"acme/owner":          {"Jane"}, "acme/member/bob@acme.example": {"has not accepted yet"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range unwritten {
		out.WriteString("# unwritten " + string(u.Address) + ": " + u.Reason + "\n")
	}
	golden := filepath.Join("testdata", "written.yaml")
	if *update {
		writeFile(t, golden, out.String())
	}
	want, err := os.ReadFile(golden)
	if err != nil || out.String() != string(want) {
		t.Errorf("%v\n%s", err, cmp.Diff(string(want), out.String()))
	}
	if strings.Contains(out.String(), "hunter2") {
		t.Error("a secret is written")
	}
	load(t, strings.ReplaceAll(out.String(), "${env:ACME_PASSWORD}", "${env:GOOD}"))
}

func TestWriteRefusesKeys(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "Acme", "a b", "x-acme", "a:"} {
		if _, err := WriteDocument(&bytes.Buffer{}, []spec.Organization{{Key: key}}, WriteOptions{}); err == nil {
			t.Errorf("%q is written", key)
		}
	}
}

// anyText draws texts that parsers of YAML stumble over, and ordinary ones.
var anyText = rapid.OneOf(
	rapid.SampledFrom([]string{
		"NO", "on", "010", "1_000", "null", "~", "true", "5", "-", "- a", "a: b", "a #b", "#a", " a", "a ", "[a]",
		"{a}", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a",
		"'", "\"", "a\nb", "\n", "\t", "\r\n", "\u0085", "\u2028", "\ufeff", "😀", "e\u0301", "---", "...", "? a", "<<",
		"=", "1:20", "2026-11-20", "0x1F", "1e3", ".inf",
		"${env:A}", "$${x}", "$", "${", "##X##", "***", "${x", "a,b", "\\", "\x00", "\x7f", "x-a", "http://a:80/#b",
		"\u202e",
	}),
	rapid.StringMatching(`[A-Za-z0-9 _./:#@-]{1,20}`),
	rapid.StringN(1, 12, -1),
)

func drawOrganization(t *rapid.T) spec.Organization {
	o := spec.Organization{Key: rapid.StringMatching(`[a-w][a-z0-9-]{0,8}`).Draw(t, "key"),
		Zone: rapid.SampledFrom([]string{"eu1", "us1"}).Draw(t, "zone")}
	o.Name = rapid.StringMatching(`[A-Za-z0-9é'(][A-Za-z0-9é .()*+,@_/-]{0,10}[A-Za-z0-9)]`).Draw(t, "name")
	o.ID = rapid.Int64Range(1, 999_999_999_999_999).Draw(t, "id")
	o.Country, o.Timezone = drawNameOrID(t, "country"), drawNameOrID(t, "timezone")
	if rapid.Bool().Draw(t, "tfa?") {
		on := rapid.Bool().Draw(t, "tfa")
		o.TFAEnforced = &on
	}
	o.Subscription, o.PaymentMethods = drawSubscription(t), drawMethods(t)
	if rapid.Bool().Draw(t, "controls?") {
		o.FeatureControls = distinct(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) spec.FeatureControl {
			return spec.FeatureControl{Name: anyText.Draw(t, "control"), Enabled: rapid.Bool().Draw(t, "on")}
		}), 0, 5).Draw(t, "controls"), func(c spec.FeatureControl) string { return c.Name })
	}
	if rapid.Bool().Draw(t, "variables?") {
		o.Variables = distinct(rapid.SliceOfN(rapid.Custom(drawVariable), 0, 8).Draw(t, "variables"),
			func(v spec.Variable) string { return v.Name })
	}
	if rapid.Bool().Draw(t, "members?") {
		o.Members = distinct(rapid.SliceOfN(rapid.Custom(drawMember), 0, 5).Draw(t, "members"),
			func(m spec.Member) string { return m.Email })
	}
	for _, m := range o.Members {
		if m.State != spec.Absent && rapid.Bool().Draw(t, "owner") {
			o.Owner = m.Email
		}
	}
	if o.Members != nil && o.Variables != nil {
		o.Purge = []spec.Kind{spec.KindMember, spec.KindVariable}
	}
	return o
}

func drawSubscription(t *rapid.T) *spec.Subscription {
	switch rapid.IntRange(0, 3).Draw(t, "subscription") {
	case 0:
		return nil
	case 1:
		return &spec.Subscription{State: spec.Absent}
	case 2:
		return &spec.Subscription{Plan: spec.FreePlan}
	}
	filled := wordText.Filter(func(s string) bool { return s != "" && !strings.EqualFold(s, spec.FreePlan) })
	s := &spec.Subscription{Plan: filled.Draw(t, "plan"), Operations: rapid.Int64Range(0, 999_999_999).Draw(t, "operations"),
		Period: rapid.SampledFrom([]spec.Period{"", spec.Month, spec.Year}).Draw(t, "period")}
	if rapid.Bool().Draw(t, "price") {
		s.Price = &spec.Money{Amount: spec.Amount(rapid.Int64Range(0, 1e15).Draw(t, "amount")), Currency: "USD"}
	}
	if rapid.Bool().Draw(t, "coupon") {
		s.Coupon = filled.Draw(t, "code")
	}
	if rapid.Bool().Draw(t, "customer") {
		s.Customer = &spec.Customer{Email: "pay@x.example", Name: filled.Draw(t, "payer"), IsBusiness: rapid.Bool().Draw(t, "business"),
			Country: rapid.SampledFrom([]string{"CZ", "NO", "203"}).Draw(t, "country"), TaxID: wordText.Draw(t, "tax"),
			City: wordText.Draw(t, "city"), PostalCode: wordText.Draw(t, "postal code")}
	}
	return s
}

func drawMethods(t *rapid.T) *spec.PaymentMethods {
	if rapid.Bool().Draw(t, "no methods") {
		return nil
	}
	method := rapid.SampledFrom([]string{"", "visa-4242", "pm_1", "a: b", "NO"})
	m := &spec.PaymentMethods{Subscription: method.Draw(t, "pays"), Extras: method.Draw(t, "pays extras")}
	m.Remove = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"pm_2", "010", "#"}), 0, 3, rapid.ID).Draw(t, "removed")
	return m
}

// distinct sorts by name and drops what equals its forerunner but for case.
func distinct[T any](items []T, name func(T) string) []T {
	seen := map[string]bool{}
	items = slices.DeleteFunc(items, func(i T) bool {
		folded := foldedKey(name(i))
		was := seen[folded]
		seen[folded] = true
		return was
	})
	slices.SortFunc(items, func(a, b T) int { return strings.Compare(name(a), name(b)) })
	return items
}

func foldedKey(s string) string { return strings.ToLower(strings.ToUpper(s)) }

// wordText is any text for the places in which no reference may stand.
var wordText = anyText.Filter(func(s string) bool { return !hasReference(splitReferences(s)) })

func drawNameOrID(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.StringMatching(`[1-9][0-9]{0,14}`), wordText, rapid.Just("")).Draw(t, label)
}

func drawVariable(t *rapid.T) spec.Variable {
	v := spec.Variable{Name: rapid.StringMatching(`[A-Za-z$_][A-Za-z0-9$_]{0,6}`).Draw(t, "name")}
	if rapid.IntRange(0, 9).Draw(t, "absent") == 0 {
		v.State = spec.Absent
		return v
	}
	v.IgnoreValue = rapid.IntRange(0, 5).Draw(t, "ignored") == 0
	v.Type = spec.VariableType(rapid.IntRange(1, 4).Draw(t, "type"))
	text := ""
	switch v.Type {
	case spec.TypeNumber:
		text = rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{1,5})?(e-?[0-9]{1,2})?`).Draw(t, "number")
	case spec.TypeBoolean:
		text = rapid.SampledFrom([]string{"true", "false"}).Draw(t, "boolean")
	case spec.TypeDate:
		text = rapid.SampledFrom([]string{"2026-11-20", "2026-11-20T01:02:03.456Z"}).Draw(t, "date")
	default:
		text = anyText.Draw(t, "text")
	}
	canonical, err := spec.Canonical(v.Type, text)
	if err != nil {
		t.Fatal(err)
	}
	v.Value = spec.Plain(canonical)
	if spec.LooksSecret(canonical) {
		v.Value = spec.Plain("text")
	}
	if spec.IsSensitive("", v.Name, nil) {
		v.Name = "A"
	}
	return v
}

func drawMember(t *rapid.T) spec.Member {
	m := spec.Member{Email: rapid.StringMatching(`[a-z0-9.+_'-]{1,8}@[a-z0-9-]{1,8}\.[a-z]{2,4}`).Draw(t, "email")}
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		m.State, m.DeleteConnections = spec.Absent, rapid.Bool().Draw(t, "connections")
	case 1:
		m.Role = drawNameOrID(t, "role")
	case 2:
		m.Role = rapid.SampledFrom([]string{"Admin", "13", "App Developer"}).Draw(t, "role")
		m.Invite = &spec.Invite{Name: rapid.StringMatching(`[A-Za-zé'.]{1,10}`).Draw(t, "invitee")}
		if rapid.Bool().Draw(t, "more") {
			m.Invite.Teams = rapid.SliceOfN(wordText, 1, 3).Draw(t, "teams")
			m.Invite.Note = wordText.Draw(t, "note")
		}
	}
	if strings.EqualFold(m.Role, "owner") || m.Role == ownerRoleID {
		m.Role = ""
	}
	return m
}

// bare takes off what reading adds and what writing says it leaves out.
func bare(o spec.Organization, unwritten []spec.Unwritten) spec.Organization {
	left := map[spec.Address]bool{}
	for _, u := range unwritten {
		left[u.Address] = true
	}
	o.At = nil
	if s := o.Subscription; s != nil {
		bare := *s
		bare.Source, bare.PriceSource = spec.Source{}, spec.Source{}
		o.Subscription = &bare
	}
	if m := o.PaymentMethods; m != nil {
		bare := *m
		bare.Source = spec.Source{}
		if len(bare.Remove) == 0 {
			bare.Remove = nil
		}
		o.PaymentMethods = &bare
	}
	o.FeatureControls = kept(o.FeatureControls, func(c *spec.FeatureControl) bool {
		c.Source = spec.Source{}
		return !left[spec.NewAddress(o.Key, spec.KindFeatureControl, c.Name)]
	})
	o.Variables = kept(o.Variables, func(v *spec.Variable) bool {
		v.Source, v.Literal = spec.Source{}, false
		return !left[spec.NewAddress(o.Key, spec.KindVariable, v.Name)]
	})
	o.Members = kept(o.Members, func(m *spec.Member) bool {
		m.Source, m.RoleSource = spec.Source{}, spec.Source{}
		return !left[spec.NewAddress(o.Key, spec.KindMember, m.Email)]
	})
	return o
}

func kept[T any](items []T, keep func(*T) bool) []T {
	if items == nil {
		return nil
	}
	out := []T{}
	for _, item := range items {
		if keep(&item) {
			out = append(out, item)
		}
	}
	return out
}

// TestWriteThenLoad is the law of canonical writing: what is written and read
// again is the same, and both generations of YAML read the same.
func TestWriteThenLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	rapid.Check(t, func(t *rapid.T) {
		o := drawOrganization(t)
		var out bytes.Buffer
		unwritten, err := WriteDocument(&out, []spec.Organization{o}, WriteOptions{Zone: "eu1"})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range unwritten {
			if !strings.Contains(u.Reason, "x-") && !strings.Contains(u.Reason, "empty") &&
				!strings.Contains(u.Reason, "upper and lower") {
				t.Fatalf("%s is not written: %s", u.Address, u.Reason)
			}
		}
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		documents, problems := Load(LoadOptions{Paths: []string{path}})
		desired, more := documents.Resolve(ResolveOptions{})
		if all := append(problems, more...); spec.HasErrors(all) {
			t.Fatalf("%s\n%s", describeProblems(all), out.String())
		}
		got, want := bare(desired.Organizations[0], nil), bare(o, unwritten)
		if diff := cmp.Diff(want, got,
			cmp.Comparer(func(a, b spec.Value) bool {
				return a.Reveal() == b.Reveal() &&
					a.IsSensitive() == b.IsSensitive()
			})); diff != "" {
			t.Fatalf("%s\n%s", diff, out.String())
		}
		bothGenerationsRead(t, out.Bytes())
	})
}

// bothGenerationsRead compares YAML 1.1 and 1.2 readings of a whole document.
func bothGenerationsRead(t *rapid.T, data []byte) {
	var a, b any
	if err := older.Unmarshal(data, &a); err != nil {
		t.Fatalf("YAML 1.1: %v\n%s", err, data)
	}
	if err := yaml.Unmarshal(data, &b); err != nil {
		t.Fatalf("YAML 1.2: %v\n%s", err, data)
	}
	if b = floats(b); !reflect.DeepEqual(a, b) {
		t.Fatalf("%s\n%s", cmp.Diff(a, b), data)
	}
}

// floats makes every number a float64, as the older library's way through JSON does.
func floats(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			v[key] = floats(v[key])
		}
	case []any:
		for i := range v {
			v[i] = floats(v[i])
		}
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	}
	return v
}

// FuzzWriteText writes one text as a value and reads it again.
func FuzzWriteText(f *testing.F) {
	for _, s := range []string{"NO", "a: b", "\u2028", "${env:A}", "***", "'\"\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, why := writeVariable(&spec.Variable{Name: "A", Type: spec.TypeString, Value: spec.Plain(s)}); why == "" {
			desired := load(t, "apiVersion: makesync/v1\nzone: eu1\norganizations: {a: {name: A, variables: {A: "+v+
				"}}}\n")
			if got := desired.Organizations[0].Variables[0]; got.Value.Reveal() != s || got.Type != spec.TypeString {
				t.Fatalf("%q is written as %s and read as %q", s, v, got.Value.Reveal())
			}
		}
	})
}
