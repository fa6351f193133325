package approval

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

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
	// Lines for an authority join nobody: its key is not theirs.
	apart := approvers(t, "jane@a cert-authority "+public(authority.PublicKey()), "bob@a cert-authority "+public(authority.PublicKey()))
	files = []File{
		signed(t, wanted(), certified(t, jane, authority, nil, "jane@a")), signed(t, wanted(), certified(t, bob, authority, nil, "bob@a")),
	}
	if got := summary(apart.Verify(wanted(), files, noon, 2)); got != "bob@a jane@a |" {
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

// TestNegatedNames: who is taken out of a line of an authority is out by every spelling of the name.
func TestNegatedNames(t *testing.T) {
	t.Parallel()
	authority, bob := signerOf(10), signerOf(2)
	for _, test := range []struct{ principals, name, want string }{
		{"*,!bob@a", "bob@a", "| no-name"}, {"*,!bob@a", "Bob@a", "| no-name"}, {"*,!bob@a", "bob@A.", "| no-name"},
		{"*,!Bob@a.", "bob@a", "| no-name"}, {"*,!B?b@*", "bob@a", "| no-name"}, {"!bob@*,*", "BOB@a..", "| no-name"},
		{"*,!*.", "bob@a", "bob@a |"}, {"*,!*.", "bob@a.", "| no-name"}, {"*,!rob@a", "Bob@a", "Bob@a |"},
	} {
		line := test.principals + " cert-authority " + public(authority.PublicKey())
		files := []File{signed(t, wanted(), certified(t, bob, authority, nil, test.name))}
		if got := summary(approvers(t, line).Verify(wanted(), files, noon, 1)); got != test.want {
			t.Errorf("%s by %s: got %q, want %q", test.name, test.principals, got, test.want)
		}
	}
}
