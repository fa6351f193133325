package approval

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"pgregory.net/rapid"
)

func TestStatement(t *testing.T) {
	t.Parallel()
	text, err := wanted().Text()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseStatement(text)
	if err != nil || !parsed.sameExceptUntil(wanted()) || !parsed.Until.Equal(wanted().Until) {
		t.Fatal(parsed, err)
	}
	for name, changed := range map[string]string{
		"CRLF":              strings.ReplaceAll(string(text), "\n", "\r\n"),
		"CR":                strings.ReplaceAll(string(text), "\n", "\r"),
		"no last line feed": strings.TrimSuffix(string(text), "\n"),
		"one more":          string(text) + "\n",
		"a space":           strings.Replace(string(text), "acme\n", "acme \n", 1),
		"a line twice":      strings.Replace(string(text), "organization: eu1 11 acme\n", "organization: eu1 11 acme\norganization: eu1 11 acme\n", 1),
		"another order":     strings.Replace(string(text), "organization: eu1 11 acme\norganization: eu1 new studio\n", "organization: eu1 new studio\norganization: eu1 11 acme\n", 1),
		"an unknown line":   string(text) + "also: everything\n",
		"two digests":       strings.Replace(string(text), "zone:", "digest: sha256:"+strings.Repeat("6", 64)+"\nzone:", 1),
		"a leading zero":    strings.Replace(string(text), " 11 ", " 011 ", 1),
		"upper case hex":    strings.Replace(string(text), strings.Repeat("5", 64), strings.Repeat("A", 64), 1),
		"another time zone": strings.Replace(string(text), "12:00:00Z", "13:00:00+01:00", 1),
		"a byte order mark": "\ufeff" + string(text),
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
	text, err = s.Text()
	if err != nil || bytes.Contains(text, []byte("\nuntil: 2999")) || bytes.Contains(text, []byte("ž")) {
		t.Errorf("%s %v", text, err)
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	zone := map[string]any{"name": "eu1", "url": "https://eu1.make.com"}
	acme := map[string]any{"key": "acme", "zone": "eu1", "id": 11.0, "steps": []any{1}}
	plan := func(zones, organizations []any) map[string]any {
		return map[string]any{"digest": wanted().Digest, "zones": zones, "organizations": organizations}
	}
	other := map[string]any{"name": "us1", "url": "http://127.0.0.1:8080", "sandbox": true}
	idle := map[string]any{"key": "idle", "zone": "us1", "id": 5.0, "steps": []any{}}
	s, err := Of(plan([]any{zone, other}, []any{acme, idle}), noon, nil)
	if err != nil || len(s.Zones) != 1 || len(s.Organizations) != 1 {
		t.Error(s, err)
	}
	alone, err := Of(plan([]any{zone}, []any{acme}), noon, nil)
	if err != nil || !s.sameExceptUntil(alone) {
		t.Error("what the plan leaves alone changes the statement", err)
	}
	for name, odd := range map[string]map[string]any{
		"nothing":        {},
		"no steps":       plan([]any{zone}, []any{idle}),
		"unknown zone":   plan([]any{other}, []any{acme}),
		"a zone twice":   plan([]any{zone, zone}, []any{acme}),
		"no host":        plan([]any{map[string]any{"name": "eu1", "url": "eu1"}}, []any{acme}),
		"no id":          plan([]any{zone}, []any{map[string]any{"key": "a", "zone": "eu1", "steps": []any{1}}}),
		"half an id":     plan([]any{zone}, []any{map[string]any{"key": "a", "zone": "eu1", "id": 1.5, "steps": []any{1}}}),
		"no digest":      {"zones": []any{zone}, "organizations": []any{acme}},
		"a key of words": plan([]any{zone}, []any{map[string]any{"key": "a b", "zone": "eu1", "id": 1.0, "steps": []any{1}}}),
	} {
		if s, err := Of(odd, noon, nil); err == nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestWhoCounts(t *testing.T) {
	t.Parallel()
	a, b, c := signerOf(1), signerOf(2), signerOf(3)
	ka, kb, kc := public(a.PublicKey()), public(b.PublicKey()), public(c.PublicKey())
	for _, test := range []struct {
		name    string
		lines   []string
		signers []ssh.Signer
		want    string
	}{
		{"two people", []string{"jane@a " + ka, "bob@a " + kb}, []ssh.Signer{a, b}, "bob@a jane@a |"},
		{"one of two", []string{"jane@a " + ka, "bob@a " + kb}, []ssh.Signer{a}, "jane@a |"},
		{"a stranger", []string{"jane@a " + ka}, []ssh.Signer{a, b}, "jane@a | not-approver"},
		{"nobody", nil, []ssh.Signer{a}, "| not-approver"},
		{"the same key twice", []string{"jane@a " + ka}, []ssh.Signer{a, a}, "jane@a | duplicate"},
		{"two keys of one person", []string{"jane@a " + ka, "jane@a " + kb}, []ssh.Signer{a, b}, "jane@a | duplicate"},
		{"names differ in case", []string{"jane@a " + ka, "Jane@A " + kb}, []ssh.Signer{a, b}, "jane@a | duplicate"},
		{"one key under two names", []string{"jane@a " + ka, "bob@a " + ka}, []ssh.Signer{a}, "jane@a |"},
		{"one key under two names, and one of them signs", []string{"jane@a " + ka, "bob@a " + ka, "bob@a " + kb}, []ssh.Signer{a, b}, "jane@a | duplicate"},
		{"two names on one line", []string{"jane@a,bob@a " + ka, "bob@a " + kb}, []ssh.Signer{a, b}, "bob@a | duplicate"},
		{"names joined by a third key", []string{"jane@a " + ka, "bob@a " + kb, "jane@a,bob@a " + kc}, []ssh.Signer{a, b}, "jane@a | duplicate"},
		{"joined by a line that is over", []string{"jane@a " + ka, "bob@a " + kb, `jane@a valid-before="20200101" ` + kc, "bob@a " + kc}, []ssh.Signer{a, b}, "jane@a | duplicate"},
		{"a pattern names nobody", []string{"*@a " + ka}, []ssh.Signer{a}, "| no-name"},
		{"a pattern among names", []string{"jane@a,*@b " + ka}, []ssh.Signer{a}, "| no-name"},
		{"a negated name", []string{"jane@a,!bob@a " + ka}, []ssh.Signer{a}, "| no-name"},
		{"a pattern first, a name later", []string{"* " + ka, "jane@a " + ka}, []ssh.Signer{a}, "jane@a |"},
		{"a look-alike", []string{"jane@a " + ka, "jаne@a " + kb}, []ssh.Signer{a, b}, "jane@a | no-name"},
		{"a name with spaces", []string{`"Jane Doe" ` + ka}, []ssh.Signer{a}, "| no-name"},
		{"quoted", []string{`"jane@a" ` + ka}, []ssh.Signer{a}, "jane@a |"},
		{"an authority's own key", []string{"jane@a cert-authority " + ka}, []ssh.Signer{a}, "| not-approver"},
		{"over", []string{`jane@a valid-before="20261119Z" ` + ka}, []ssh.Signer{a}, "| not-approver"},
		{"not over", []string{`jane@a valid-before="202611201200Z",valid-after="20261120120000Z" ` + ka}, []ssh.Signer{a}, "jane@a |"},
		{"not yet", []string{`jane@a valid-after="20261121" ` + ka}, []ssh.Signer{a}, "| not-approver"},
		{"over, and again", []string{`jane@a valid-before="20261119Z" ` + ka, "jane@a " + ka}, []ssh.Signer{a}, "jane@a |"},
		{"another namespace", []string{`jane@a namespaces="git,file" ` + ka}, []ssh.Signer{a}, "| not-approver"},
		{"our namespace", []string{`jane@a namespaces="git,makesync-*" ` + ka}, []ssh.Signer{a}, "jane@a |"},
		{"our namespace left out", []string{`jane@a namespaces="*,!makesync-plan" ` + ka}, []ssh.Signer{a}, "| not-approver"},
		{"comments", []string{"# jane@a " + ka, "", "  bob@a " + kb + " the comment of bob"}, []ssh.Signer{a, b}, "bob@a | not-approver"},
	} {
		var files []File
		for i, s := range test.signers {
			f := signed(t, wanted(), s)
			f.Name = fmt.Sprint(i, f.Name)
			files = append(files, f)
		}
		v := approvers(t, test.lines...).Verify(wanted(), files, noon, len(test.signers))
		if got := summary(v); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		if v.Enough() != (len(v.Counted) == len(test.signers)) {
			t.Errorf("%s: enough is %v", test.name, v.Enough())
		}
		slices.Reverse(files)
		if again := approvers(t, test.lines...).Verify(wanted(), files, noon, 1); summary(again) != test.want {
			t.Errorf("%s: the order of files makes %q of it", test.name, summary(again))
		}
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	authority, other, jane, bob := signerOf(10), signerOf(11), signerOf(1), signerOf(2)
	line := "*@a cert-authority " + public(authority.PublicKey())
	for _, test := range []struct {
		name    string
		signers []ssh.Signer
		want    string
	}{
		{"one name", []ssh.Signer{certified(t, jane, authority, nil, "jane@a")}, "jane@a |"},
		{"one that fits", []ssh.Signer{certified(t, jane, authority, nil, "root", "jane@a")}, "jane@a |"},
		{"two that fit", []ssh.Signer{certified(t, jane, authority, nil, "bob@a", "jane@a")}, "| no-name"},
		{"none that fits", []ssh.Signer{certified(t, jane, authority, nil, "jane@b")}, "| no-name"},
		{"no name is no blank cheque", []ssh.Signer{certified(t, jane, authority, nil)}, "| no-name"},
		{"a pattern as a name", []ssh.Signer{certified(t, jane, authority, nil, "*@a")}, "| no-name"},
		{"another authority", []ssh.Signer{certified(t, jane, other, nil, "jane@a")}, "| not-approver"},
		{"over", []ssh.Signer{certified(t, jane, authority, func(c *ssh.Certificate) { c.ValidBefore = uint64(noon.Unix()) }, "jane@a")}, "| certificate"},
		{"not yet", []ssh.Signer{certified(t, jane, authority, func(c *ssh.Certificate) { c.ValidAfter = uint64(noon.Unix() + 1) }, "jane@a")}, "| certificate"},
		{"a host's", []ssh.Signer{certified(t, jane, authority, func(c *ssh.Certificate) { c.CertType = ssh.HostCert }, "jane@a")}, "| certificate"},
		{"for one command", []ssh.Signer{certified(t, jane, authority, func(c *ssh.Certificate) {
			c.CriticalOptions = map[string]string{"force-command": "true"}
		}, "jane@a")}, "| certificate"},
		{"two names for one key", []ssh.Signer{certified(t, jane, authority, nil, "jane@a"), certified(t, jane, authority, nil, "bob@a")}, "bob@a | duplicate"},
		{"two keys for one name", []ssh.Signer{certified(t, jane, authority, nil, "jane@a"), certified(t, bob, authority, nil, "jane@a")}, "jane@a | duplicate"},
		{"two people", []ssh.Signer{certified(t, jane, authority, nil, "jane@a"), certified(t, bob, authority, nil, "bob@a")}, "bob@a jane@a |"},
		{"the key alone", []ssh.Signer{jane}, "| not-approver"},
	} {
		var files []File
		for i, s := range test.signers {
			f := signed(t, wanted(), s)
			f.Name = fmt.Sprint(i)
			files = append(files, f)
		}
		if got := summary(approvers(t, line).Verify(wanted(), files, noon, 1)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	// Somebody who is in the file by her key is the same person by her certificate.
	both := approvers(t, line, "Jane@a "+public(bob.PublicKey()))
	files := []File{signed(t, wanted(), certified(t, jane, authority, nil, "jane@a")), signed(t, wanted(), bob)}
	if got := summary(both.Verify(wanted(), files, noon, 2)); !strings.HasSuffix(got, "| duplicate") || strings.Count(got, "@") != 1 {
		t.Error(got)
	}
	// A certificate in place of the authority's key, and one whose authority is only claimed.
	if _, problems := ParseApprovers([]byte("*@a cert-authority "+public(certified(t, jane, authority, nil, "jane@a").PublicKey())), time.UTC); len(problems) != 1 {
		t.Error("a certificate is taken as an authority")
	}
	forged := certified(t, jane, other, nil, "jane@a").PublicKey().(*ssh.Certificate)
	forged.SignatureKey = authority.PublicKey()
	forger, err := ssh.NewCertSigner(forged, jane)
	if err != nil {
		t.Fatal(err)
	}
	if got := summary(approvers(t, line).Verify(wanted(), []File{signed(t, wanted(), forger)}, noon, 1)); got != "| certificate" {
		t.Errorf("a forged certificate: %s", got)
	}
}

func TestWhatDoesNotServe(t *testing.T) {
	t.Parallel()
	jane := signerOf(1)
	a := approvers(t, "jane@a "+public(jane.PublicKey()))
	change := func(f func(*Statement)) File {
		s := wanted()
		f(&s)
		return signed(t, s, jane)
	}
	good := signed(t, wanted(), jane)
	with := func(f func(*File)) File {
		file := File{Name: "x", Statement: bytes.Clone(good.Statement), Signature: bytes.Clone(good.Signature)}
		f(&file)
		return file
	}
	elsewhere, err := sshsig.Sign(bytes.NewReader(good.Statement), jane, sshsig.HashSHA512, "file")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		file File
		want string
	}{
		{"good", good, "jane@a |"},
		{"another plan", change(func(s *Statement) { s.Digest = "sha256:" + strings.Repeat("6", 64) }), "| other-plan"},
		{"another host", change(func(s *Statement) { s.Zones[0].Host = "us1.make.com" }), "| other-plan"},
		{"a sandbox", change(func(s *Statement) { s.Zones[0].Sandbox = true }), "| other-plan"},
		{"another id", change(func(s *Statement) { s.Organizations[0].ID = 12 }), "| other-plan"},
		{"fewer organizations", change(func(s *Statement) { s.Organizations = s.Organizations[:1] }), "| other-plan"},
		{"a secret less", change(func(s *Statement) { s.NotCovered = nil }), "| other-plan"},
		{"its last second", change(func(s *Statement) { s.Until = noon }), "jane@a |"},
		{"over", change(func(s *Statement) { s.Until = noon.Add(-time.Second) }), "| expired"},
		{"seven days", change(func(s *Statement) { s.Until = noon.Add(MaxAhead) }), "jane@a |"},
		{"longer", change(func(s *Statement) { s.Until = noon.Add(MaxAhead + time.Second) }), "| too-long"},
		{"a changed day", with(func(f *File) { f.Statement = bytes.Replace(f.Statement, []byte("2026-11-21"), []byte("2026-11-22"), 1) }), "| signature"},
		{"line endings", with(func(f *File) { f.Statement = bytes.ReplaceAll(f.Statement, []byte("\n"), []byte("\r\n")) }), "| unreadable"},
		{"no signature", with(func(f *File) { f.Signature = nil }), "| signature"},
		{"text before", with(func(f *File) { f.Signature = append([]byte("hello\n"), f.Signature...) }), "| signature"},
		{"text after", with(func(f *File) { f.Signature = append(f.Signature, good.Signature...) }), "| signature"},
		{"long", with(func(f *File) { f.Signature = append(f.Signature, bytes.Repeat([]byte("\n"), maxSignature)...) }), "| signature"},
		{"blank lines after", with(func(f *File) { f.Signature = append(f.Signature, "\r\n\n"...) }), "jane@a |"},
		{"CRLF in the armor", with(func(f *File) { f.Signature = bytes.ReplaceAll(f.Signature, []byte("\n"), []byte("\r\n")) }), "jane@a |"},
		{"another armor", with(func(f *File) {
			f.Signature = bytes.ReplaceAll(f.Signature, []byte("SSH SIGNATURE"), []byte("SSH MESSAGE"))
		}), "| signature"},
		{"another namespace", with(func(f *File) { f.Signature = sshsig.Armor(elsewhere) }), "| signature"},
		{"trouble", File{Name: "x", Trouble: "gone"}, "| unreadable"},
		{"garbage", with(func(f *File) {
			f.Signature = pem.EncodeToMemory(&pem.Block{Type: sshsig.PEMType, Bytes: []byte("SSHSIG")})
		}), "| signature"},
	} {
		if got := summary(a.Verify(wanted(), []File{test.file}, noon, 1)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// sha1Signer does what an old agent does with an RSA key.
type sha1Signer struct{ ssh.AlgorithmSigner }

func (s sha1Signer) SignWithAlgorithm(random io.Reader, data []byte, _ string) (*ssh.Signature, error) {
	return s.AlgorithmSigner.SignWithAlgorithm(random, data, ssh.KeyAlgoRSA)
}

func TestRSA(t *testing.T) {
	t.Parallel()
	strong := signer(t, rsaKey())
	f := signed(t, wanted(), strong)
	a := approvers(t, "jane@a "+public(strong.PublicKey()))
	if got := summary(a.Verify(wanted(), []File{f}, noon, 1)); got != "jane@a |" {
		t.Error(got)
	}
	if _, err := Sign(wanted(), sha1Signer{strong.(ssh.AlgorithmSigner)}); err == nil {
		t.Error("a signature with SHA-1 is given out")
	}
	authority := signerOf(10)
	byCertificate := certified(t, strong, authority, nil, "jane@a")
	if _, err := Sign(wanted(), byCertificate); err != nil {
		t.Errorf("with a certificate: %v", err)
	}
	// The library alone would take SHA-1 from a key that presents a certificate.
	weak, err := sshsig.Sign(bytes.NewReader(f.Statement), byCertificate, sshsig.HashSHA512, Namespace)
	if err != nil {
		t.Fatal(err)
	}
	if weak.Signature.Format != ssh.KeyAlgoRSA {
		t.Fatalf("the library signs with %s now; the case has to be made otherwise", weak.Signature.Format)
	}
	file := File{Name: "x", Statement: f.Statement, Signature: sshsig.Armor(weak)}
	if got := summary(approvers(t, "*@a cert-authority "+public(authority.PublicKey())).Verify(wanted(), []File{file}, noon, 1)); got != "| signature" {
		t.Error(got)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(wanted(), signer(t, small)); err == nil || !strings.Contains(err.Error(), "1024 bits") {
		t.Error(err)
	}
	if _, problems := ParseApprovers([]byte("jane@a "+public(signer(t, small).PublicKey())), time.UTC); len(problems) != 1 {
		t.Error(problems)
	}
}

func TestApproversProblems(t *testing.T) {
	t.Parallel()
	key := public(signerOf(1).PublicKey())
	for name, line := range map[string]string{
		"no key":            "jane@a",
		"half a key":        "jane@a ssh-ed25519 AAAA",
		"no names":          key,
		"an unknown option": "jane@a no-touch-required " + key,
		"a known one twice": `jane@a namespaces="a",Namespaces="b" ` + key,
		"no quotes":         "jane@a namespaces=git " + key,
		"an empty list":     `jane@a namespaces="" ` + key,
		"a day that is not": `jane@a valid-after="20261331" ` + key,
		"a short day":       `jane@a valid-after="2026" ` + key,
		"an open quote":     `"jane@a ` + key,
		"a control":         "jane@a\x00 " + key,
		"another UTF-8":     "jane\xff@a " + key,
		"the wrong way":     `jane@a valid-after="20261231",valid-before="20260101" ` + key,
		"a value too much":  `jane@a cert-authority="yes" ` + key,
		"another type":      "jane@a ssh-rsa " + strings.Fields(key)[1],
	} {
		if a, problems := ParseApprovers([]byte("# first\n"+line+"\n"), time.UTC); len(problems) != 1 || problems[0].Line != 2 || len(a.lines) != 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
	a, problems := ParseApprovers([]byte(strings.Repeat("\n", maxLines+1)), time.UTC)
	if len(problems) != 1 || a == nil {
		t.Error(problems)
	}
	prague, err := time.LoadLocation("Europe/Prague")
	if err != nil {
		t.Fatal(err)
	}
	local, _ := ParseApprovers([]byte(`jane@a valid-before="202611201230" `+key), prague) // 11:30 UTC
	if got := summary(local.Verify(wanted(), []File{signed(t, wanted(), signerOf(1))}, noon, 1)); got != "| not-approver" {
		t.Error(got)
	}
}

func TestMatchList(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		list, text string
		want       bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"*", "", true}, {"*", "abc", true}, {"a*c", "abbc", true}, {"a*c", "abbd", false}, {"?", "", false},
		{"a?c", "abc", true}, {"*,!b", "b", false}, {"!b", "a", false}, {"!b,*", "a", true}, {"a,b", "b", true}, {"", "", true}, {"a**b", "ab", true},
		{"*a*b*", "xxaxxbxx", true}, {strings.Repeat("*a", 50) + "b", strings.Repeat("a", 5000), false},
	} {
		if got := matchList(test.list, test.text); got != test.want {
			t.Errorf("%q %q: %v", test.list, test.text, got)
		}
	}
}

// TestAddingNeverLowersTheCount: neither a good nor a bad file, in whatever order, takes anybody's
// approval away, nobody counts twice, and no key does.
func TestAddingNeverLowersTheCount(t *testing.T) {
	t.Parallel()
	names := []string{"jane@a", "Jane@a", "bob@a", "eve@a", "*@a"}
	authority := signerOf(100)
	rapid.Check(t, func(t *rapid.T) {
		lines := []string{"*@a cert-authority " + public(authority.PublicKey())}
		for range rapid.IntRange(0, 6).Draw(t, "lines") {
			line := rapid.SampledFrom(names).Draw(t, "name")
			if rapid.Bool().Draw(t, "two names") {
				line += "," + rapid.SampledFrom(names).Draw(t, "name")
			}
			lines = append(lines, line+" "+public(signerOf(rapid.IntRange(1, 5).Draw(t, "key")).PublicKey()))
		}
		a, problems := ParseApprovers([]byte(strings.Join(lines, "\n")), time.UTC)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		var files []File
		before := 0
		for i := range rapid.IntRange(1, 8).Draw(t, "files") {
			f := drawFile(t, authority, names)
			f.Name = fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "place"), i)
			files = append(files, f)
			v := a.Verify(wanted(), files, noon, 2)
			if len(v.Counted) < before || len(v.Counted)+len(v.Refused) != len(files) {
				t.Fatalf("from %d to %s", before, summary(v))
			}
			before = len(v.Counted)
			people, keys := map[string]bool{}, map[string]bool{}
			for _, c := range v.Counted {
				people[strings.ToLower(c.Principal)], keys[c.Fingerprint] = true, true
			}
			if len(people) != before || len(keys) != before {
				t.Fatalf("somebody counts twice: %+v", v.Counted)
			}
		}
	})
}

func drawFile(t *rapid.T, authority ssh.Signer, names []string) File {
	s := wanted()
	s.Until = noon.Add(time.Duration(rapid.IntRange(-1, 8).Draw(t, "days")) * 24 * time.Hour)
	if rapid.IntRange(0, 5).Draw(t, "foreign") == 0 {
		s.Digest = "sha256:" + strings.Repeat("0", 64)
	}
	by := signerOf(rapid.IntRange(1, 5).Draw(t, "signer"))
	if rapid.Bool().Draw(t, "certified") {
		certificate := &ssh.Certificate{Key: by.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity,
			ValidPrincipals: rapid.SliceOfN(rapid.SampledFrom(names), 0, 2).Draw(t, "principals")}
		if err := certificate.SignCert(rand.Reader, authority); err != nil {
			t.Fatal(err)
		}
		var err error
		if by, err = ssh.NewCertSigner(certificate, by); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Sign(s, by)
	if err != nil {
		t.Fatal(err)
	}
	if rapid.IntRange(0, 5).Draw(t, "broken") == 0 {
		f.Signature = f.Signature[:len(f.Signature)/2]
	}
	return f
}

// TestAnotherDigestNeverCounts, whoever has signed it.
func TestAnotherDigestNeverCounts(t *testing.T) {
	t.Parallel()
	jane := signerOf(1)
	a := approvers(t, "jane@a "+public(jane.PublicKey()))
	rapid.Check(t, func(t *rapid.T) {
		s := wanted()
		digits := []byte(s.Digest)
		digits[rapid.IntRange(len("sha256:"), len(digits)-1).Draw(t, "digit")] = rapid.SampledFrom([]byte("0123456789abcdef")).Draw(t, "to")
		s.Digest = string(digits)
		f, err := Sign(s, jane)
		if err != nil {
			t.Fatal(err)
		}
		if v := a.Verify(wanted(), []File{f}, noon, 1); v.Enough() != (s.Digest == wanted().Digest) {
			t.Fatal(summary(v))
		}
	})
}

func TestFolder(t *testing.T) {
	t.Parallel()
	good := signed(t, wanted(), signerOf(1))
	file := func(data []byte) *fstest.MapFile { return &fstest.MapFile{Data: data, Mode: 0o600} }
	folder := fstest.MapFS{
		good.Name + ".txt":     file(good.Statement),
		good.Name + ".txt.sig": file(good.Signature),
		"alone.txt":            file(good.Statement),
		"orphan.txt.sig":       file(good.Signature),
		"huge.txt":             file(make([]byte, maxStatement+1)),
		"huge.txt.sig":         file(good.Signature),
		"folder.txt/x":         file(nil),
		"README.md":            file([]byte("other files are left alone")),
	}
	files, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Name+" "+f.Trouble)
	}
	want := []string{
		`alone "alone.txt.sig" is missing`,
		`folder "folder.txt" is not a regular file; "folder.txt.sig" is missing`,
		fmt.Sprintf(`huge "huge.txt" cannot be read, or is longer than %d bytes`, maxStatement),
		`orphan "orphan.txt" is missing`, good.Name + " ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if files, err := Read(fstest.MapFS{"x/y": file(nil)}); err != nil || len(files) != 0 {
		t.Error(files, err)
	}
	many := fstest.MapFS{}
	for i := range maxEntries + 1 {
		many[fmt.Sprint(i, ".txt")] = file(nil)
	}
	if files, err := Read(many); err == nil {
		t.Error(len(files))
	}
}

func TestAgent(t *testing.T) {
	t.Parallel()
	keyring := agent.NewKeyring()
	ask := func(key ssh.PublicKey) (ssh.Signer, error) {
		ours, theirs := net.Pipe()
		t.Cleanup(func() { _ = ours.Close() })
		go func() { _ = agent.ServeAgent(keyring, theirs) }()
		return FromAgent(ours, key)
	}
	if _, err := ask(nil); err == nil || !strings.Contains(err.Error(), "ssh-add") {
		t.Error(err)
	}
	if err := keyring.Add(agent.AddedKey{PrivateKey: rsaKey()}); err != nil {
		t.Fatal(err)
	}
	s, err := ask(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(wanted(), s); err != nil {
		t.Error(err)
	}
	if err := keyring.Add(agent.AddedKey{PrivateKey: ed25519.NewKeyFromSeed(make([]byte, 32))}); err != nil {
		t.Fatal(err)
	}
	if _, err := ask(nil); err == nil || !strings.Contains(err.Error(), "2 keys (SHA256:") {
		t.Error(err)
	}
	if s, err = ask(signer(t, rsaKey()).PublicKey()); err != nil || s.PublicKey().Type() != ssh.KeyAlgoRSA {
		t.Error(s, err)
	}
	if _, err := ask(signerOf(7).PublicKey()); err == nil {
		t.Error("a key that the agent does not have")
	}
}

func TestFromKeyFile(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	plain, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte("open"))
	if err != nil {
		t.Fatal(err)
	}
	never := func() ([]byte, error) { return nil, errors.New("nobody is asked") }
	say := func(text string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(text), nil } }
	for _, test := range []struct {
		block *pem.Block
		ask   func() ([]byte, error)
		want  string
	}{
		{plain, never, ""}, {locked, never, "nobody is asked"}, {locked, say("open"), ""}, {locked, say("shut"), "the passphrase does not open the key"},
		{&pem.Block{Type: "NONSENSE"}, never, "this is no private key"},
	} {
		s, err := FromKeyFile(pem.EncodeToMemory(test.block), test.ask)
		if (test.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.want) || err == nil && s == nil {
			t.Errorf("%q: %v", test.want, err)
		}
	}
}

// FuzzVerify: whatever stands in a folder, only the statement as it was signed counts.
func FuzzVerify(f *testing.F) {
	jane := signerOf(1)
	good := signed(f, wanted(), jane)
	rsaFile := signed(f, wanted(), signer(f, rsaKey()))
	certificate := signed(f, wanted(), certified(f, signerOf(2), signerOf(3), nil, "eve@a"))
	f.Add(good.Statement, good.Signature)
	f.Add(good.Statement, rsaFile.Signature)
	f.Add(good.Statement, certificate.Signature)
	f.Add([]byte(format), []byte("-----BEGIN SSH SIGNATURE-----"))
	a := approvers(f, "jane@a "+public(jane.PublicKey()), "*@a cert-authority "+public(signerOf(4).PublicKey()))
	f.Fuzz(func(t *testing.T, statement, signature []byte) {
		v := a.Verify(wanted(), []File{{Name: "x", Statement: statement, Signature: signature}}, noon, 1)
		if v.Enough() && !bytes.Equal(statement, good.Statement) {
			t.Errorf("%q counts", statement)
		}
		if s, err := ParseStatement(statement); err == nil {
			if text, err := s.Text(); err != nil || !bytes.Equal(text, statement) {
				t.Errorf("%q is read as %q", statement, text)
			}
		}
	})
}

// FuzzApprovers: no file panics, lets a stranger approve, or gives a name that is none.
func FuzzApprovers(f *testing.F) {
	key := public(signerOf(1).PublicKey())
	for _, seed := range []string{
		"jane@a " + key, "*@a,!bob@a cert-authority " + key, `jane@a namespaces="a,b",valid-after="20260101",valid-before="20270101Z" ` + key,
		`"jane doe" ` + key + " comment", "jane@a " + key + "\r\nbob@a " + key + "\r\n", "# x\n\n",
	} {
		f.Add(seed)
	}
	mine, stranger := signed(f, wanted(), signerOf(1)), signed(f, wanted(), signerOf(2))
	stranger.Name = "z"
	f.Fuzz(func(t *testing.T, text string) {
		a, _ := ParseApprovers([]byte(text), time.UTC)
		v := a.Verify(wanted(), []File{mine, stranger}, noon, 1)
		if len(v.Counted) > 1 || len(v.Counted) == 1 && (v.Counted[0].File != mine.Name || !isName(v.Counted[0].Principal)) {
			t.Errorf("%q: %+v", text, v.Counted)
		}
	})
}
