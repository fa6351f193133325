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
)

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
	files, err := readIn(folder)
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
	if files, err := readIn(fstest.MapFS{"x/y": file(nil)}); err != nil || len(files) != 0 {
		t.Error(files, err)
	}
	if err := Save(t.TempDir(), File{Name: "../x"}); err == nil {
		t.Error("a name that leaves the folder")
	}
	many := fstest.MapFS{}
	for i := range maxEntries + 1 {
		many[fmt.Sprint(i, ".txt")] = file(nil)
	}
	if files, err := readIn(many); err == nil {
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
