package approval

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// keygen is OpenSSH's own tool. The CI installs it and refuses a skip of these tests.
func keygen(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("NOT CHECKED: ssh-keygen is missing (openssh-client), so nobody says whether OpenSSH agrees")
	}
	return path
}

func run(t *testing.T, stdin []byte, name string, args ...string) ([]byte, error) {
	t.Helper()
	command := exec.Command(name, args...)
	command.Stdin = bytes.NewReader(stdin)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "TZ=UTC", "HOME=" + t.TempDir()}
	return command.CombinedOutput()
}

func write(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lasting is a statement that counts now: ssh-keygen has a clock.
func lasting() Statement {
	s := wanted()
	s.Until = time.Now().UTC().Add(24 * time.Hour).Truncate(time.Second)
	return s
}

// TestKeygenVerifiesOurs: what Save writes, `ssh-keygen -Y verify` takes.
func TestKeygenVerifiesOurs(t *testing.T) {
	t.Parallel()
	tool := keygen(t)
	for name, by := range map[string]ssh.Signer{
		"ed25519": signerOf(1), "ecdsa": ecdsaSigner(t), "rsa": signer(t, rsaKey()),
		"certificate":     certified(t, signerOf(1), signerOf(9), lastingCertificate, "jane@a"),
		"rsa certificate": certified(t, signer(t, rsaKey()), signerOf(9), lastingCertificate, "jane@a"),
	} {
		folder := Folder(filepath.Join(t.TempDir(), "plan.json"))
		f := signed(t, lasting(), by)
		if err := Save(folder, f); err != nil {
			t.Fatal(err)
		}
		files, err := Read(folder)
		if err != nil || len(files) != 1 || files[0].Trouble != "" {
			t.Fatal(files, err)
		}
		lines := "jane@a namespaces=\"" + Namespace + "\" " + public(plainKey(by.PublicKey())) + "\n" +
			"*@a cert-authority " + public(signerOf(9).PublicKey()) + "\n"
		if name == "certificate" || name == "rsa certificate" {
			lines = "*@a cert-authority " + public(signerOf(9).PublicKey()) + "\n"
		}
		if v := approvers(t, lines).Verify(lasting(), files, time.Now(), 1); !v.Enough() {
			t.Errorf("%s: %s", name, summary(v))
		}
		allowed := write(t, t.TempDir(), "allowed_signers", []byte(lines))
		sigFile := filepath.Join(folder, f.Name+signatureSuffix)
		out, err := run(t, f.Statement, tool, "-Y", "verify", "-f", allowed, "-I", "jane@a", "-n", Namespace, "-s", sigFile)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if out, err := run(t, append(f.Statement, '\n'), tool, "-Y", "verify", "-f", allowed, "-I", "jane@a", "-n", Namespace, "-s", sigFile); err == nil {
			t.Errorf("%s: ssh-keygen takes another text\n%s", name, out)
		}
	}
}

func lastingCertificate(c *ssh.Certificate) { c.ValidAfter, c.ValidBefore = 0, ssh.CertTimeInfinity }

// TestWeVerifyKeygens: what `ssh-keygen -Y sign` writes beside a statement counts.
func TestWeVerifyKeygens(t *testing.T) {
	t.Parallel()
	tool := keygen(t)
	for _, kind := range [][]string{{"ed25519"}, {"ecdsa", "-b", "384"}, {"rsa", "-b", "2048"}} {
		dir := t.TempDir()
		key := filepath.Join(dir, "id")
		if out, err := run(t, nil, tool, append([]string{"-q", "-N", "", "-f", key, "-t"}, kind...)...); err != nil {
			t.Fatalf("%v: %v\n%s", kind, err, out)
		}
		text, err := wanted().Text()
		if err != nil {
			t.Fatal(err)
		}
		for _, hash := range []string{"sha256", "sha512"} {
			statement := write(t, dir, "x-"+hash+".txt", text)
			if out, err := run(t, nil, tool, "-Y", "sign", "-f", key, "-n", Namespace, "-O", "hashalg="+hash, statement); err != nil {
				t.Fatalf("%v: %v\n%s", kind, err, out)
			}
		}
		publicKey, err := os.ReadFile(key + ".pub")
		if err != nil {
			t.Fatal(err)
		}
		files, err := Read(dir)
		if err != nil || len(files) != 2 {
			t.Fatal(files, err)
		}
		if got := summary(approvers(t, "jane@a "+string(publicKey)).Verify(wanted(), files, noon, 1)); got != "jane@a | duplicate" {
			t.Errorf("%v: %s", kind, got)
		}
		private, err := os.ReadFile(key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := FromKeyFile(private, nil); err != nil {
			t.Errorf("%v: %v", kind, err)
		}
	}
}

// TestKeygenAgreesOnApprovers: nothing counts here that ssh-keygen refuses under that name. Where we
// are stricter on purpose, the row says so.
func TestKeygenAgreesOnApprovers(t *testing.T) {
	t.Parallel()
	tool := keygen(t)
	dir := t.TempDir()
	key, certificate := signerOf(1), certified(t, signerOf(1), signerOf(9), lastingCertificate, "jane@a")
	k, ca := public(key.PublicKey()), public(signerOf(9).PublicKey())
	for _, test := range []struct {
		line        string
		ours, sshs  bool
		certificate bool
	}{
		{"jane@a " + k, true, true, false},
		{"bob@a,jane@a " + k, true, true, false},
		{"\ufeffjane@a " + k, false, false, false},
		{"\ufeff# who\njane@a " + k, true, true, false},
		{"\ufeff " + k + "\njane@a " + k, true, true, false},
		{`" jane@a" ` + k, false, false, false},
		{`"jane"@a ` + k, false, false, false},
		{`"jane@a" ` + k, true, true, false},
		{"  jane@a \t " + k + " comment # more", true, true, false},
		{"jane@a " + k + "\r", true, true, false},
		{"#jane@a " + k, false, false, false},
		{"*@a " + k, false, true, false}, // a pattern names nobody
		{"jane@a,!jane@a " + k, false, false, false},
		{"jane@a cert-authority " + k, false, false, false},
		{"jane@a CERT-AUTHORITY " + k, false, false, false},
		{`jane@a namespaces="makesync-plan" ` + k, true, true, false},
		{`jane@a NAMESPACES="makesync-*" ` + k, true, true, false},
		{`jane@a namespaces="git, makesync-plan" ` + k, false, false, false},
		{`jane@a namespaces="git" ` + k, false, false, false},
		{`jane@a namespaces="!makesync-plan,*" ` + k, false, false, false},
		{`jane@a valid-after="20200101Z",valid-before="20990101Z" ` + k, true, true, false},
		{`jane@a valid-after="20200101" ` + k, true, true, false},
		{`jane@a valid-before="20200101Z" ` + k, false, false, false},
		{`jane@a valid-after="20990101Z" ` + k, false, false, false},
		{`jane@a valid-after="2020-01-01" ` + k, false, false, false},
		{`jane@a valid-before="20990101Z",valid-before="20990102Z" ` + k, false, false, false},
		{`jane@a nosuch ` + k, false, false, false},
		{`jane@a nosuch="x" ` + k, false, false, false},
		{"*@a cert-authority " + ca, true, true, true},
		{"jane@a,*@b cert-authority " + ca, true, true, true},
		{"jane@a " + ca, false, false, true},
		{"jane@a " + k, false, false, true},
		{"*@b cert-authority " + ca, false, false, true},
		{"*,!jane@a cert-authority " + ca, false, false, true},
		{`*@a cert-authority,namespaces="git" ` + ca, false, false, true},
		{`*@a cert-authority,valid-before="20200101Z" ` + ca, false, false, true},
	} {
		by := key
		if test.certificate {
			by = certificate
		}
		f := signed(t, lasting(), by)
		a, _ := ParseApprovers([]byte(test.line+"\n"), time.UTC)
		if v := a.Verify(lasting(), []File{f}, time.Now(), 1); v.Enough() != test.ours {
			t.Errorf("%q: here %s", test.line, summary(v))
		}
		allowed, sigFile := write(t, dir, "allowed", []byte(test.line+"\n")), write(t, dir, "x.sig", f.Signature)
		out, err := run(t, f.Statement, tool, "-Y", "verify", "-f", allowed, "-I", "jane@a", "-n", Namespace, "-s", sigFile)
		if (err == nil) != test.sshs {
			t.Errorf("%q: ssh-keygen says %v\n%s", test.line, err, out)
		}
		if test.ours && !test.sshs {
			t.Errorf("%q: counts here and not with ssh-keygen", test.line)
		}
	}
}
