package approval

import (
	"bytes"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
	"pgregory.net/rapid"
)

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
		{"a host ends with the root's dot", []string{"jane@a.b " + ka, "jane@A.b. " + kb}, []ssh.Signer{a, b}, "jane@a.b | duplicate"},
		{"joined by a name with a dot", []string{"jane@a.b " + ka, "bob@a " + kb, "bob@a,jane@a.b. " + kc}, []ssh.Signer{a, b}, "jane@a.b | duplicate"},
		{"blanks around a name", []string{"jane@a " + ka, `" jane@a" ` + kb}, []ssh.Signer{a, b}, "jane@a | no-name"},
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
		{"another name", change(func(s *Statement) { s.Organizations[0].Name = "Acme Automatiоn" }), "| other-plan"}, // a Cyrillic letter
		{"an older makesync's", signedText(t, former(t, good.Statement), jane), "| former"},
		{"an older makesync's with names", signedText(t, strings.Replace(string(good.Statement), "/v2", "/v1", 1), jane), "| former"},
		{"an older makesync's, unsigned", with(func(f *File) { f.Statement = []byte(former(t, f.Statement)) }), "| former"},
		{"without a name", signedText(t, strings.Replace(string(good.Statement), ` "Acme Automation"`, "", 1), jane), "| unreadable"},
		{"other consequences", change(func(s *Statement) { s.Consequences[0].Note = "0 active scenarios" }), "| other-plan"},
		{"fewer consequences", change(func(s *Statement) { s.Consequences = s.Consequences[1:] }), "| other-plan"},
		{"consequences in another order", change(func(s *Statement) { slices.Reverse(s.Consequences) }), "jane@a |"},
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

// former is a statement as it was signed before it held names.
func former(t *testing.T, text []byte) string {
	t.Helper()
	names := regexp.MustCompile(`(?m)^(organization: .*) ".*"$`)
	out := names.ReplaceAllString(strings.Replace(string(text), "/v2", "/v1", 1), "$1")
	if strings.Contains(out, "Acme") || !strings.Contains(out, "organization: eu1 11 acme\n") {
		t.Fatal(out)
	}
	return out
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
