package approval

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// signerOf gives the n-th key, the same in every run.
func signerOf(n int) ssh.Signer {
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint64(seed, uint64(n))
	signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed))
	if err != nil {
		panic(err)
	}
	return signer
}

// rsaKey is made once, since making one takes time.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func signer(t testing.TB, key any) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ecdsaSigner(t testing.TB) ssh.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signer(t, key)
}

// public is a key as it stands in a file, without a line break.
func public(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// certified makes the signer present a certificate of an authority.
func certified(t testing.TB, s, authority ssh.Signer, change func(*ssh.Certificate), principals ...string) ssh.Signer {
	t.Helper()
	certificate := &ssh.Certificate{
		Key: s.PublicKey(), CertType: ssh.UserCert, ValidPrincipals: principals, KeyId: "test",
		ValidAfter: uint64(noon.Add(-time.Hour).Unix()), ValidBefore: uint64(noon.Add(time.Hour).Unix()),
	}
	if change != nil {
		change(certificate)
	}
	if err := certificate.SignCert(rand.Reader, authority); err != nil {
		t.Fatal(err)
	}
	out, err := ssh.NewCertSigner(certificate, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// wanted is a statement that counts until tomorrow.
func wanted() Statement {
	return Statement{
		Digest: "sha256:" + strings.Repeat("5", 64), Zones: []Zone{{Name: "eu1", Host: "eu1.make.com"}},
		Organizations: []Organization{{"eu1", "acme", 11, "Acme Automation"}, {"eu1", "studio", 0, "Studio"}},
		Consequences:  []Consequence{{"acme", "2 active scenarios"}, {"acme", "1 team: Ops"}},
		NotCovered:    []string{"acme/variable/PLAIN"},
		From:          noon.Add(-time.Hour),
		Until:         noon.Add(24 * time.Hour),
	}
}

func signed(t testing.TB, s Statement, by ssh.Signer) File {
	t.Helper()
	f, err := Sign(s, by)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// signedText signs a text that is no statement.
func signedText(t testing.TB, text string, by ssh.Signer) File {
	t.Helper()
	signature, err := sshsig.Sign(strings.NewReader(text), by, sshsig.HashSHA512, Namespace)
	if err != nil {
		t.Fatal(err)
	}
	return File{Name: fileName(by.PublicKey()), Statement: []byte(text), Signature: sshsig.Armor(signature)}
}

func approvers(t testing.TB, lines ...string) *Approvers {
	t.Helper()
	a, problems := ParseApprovers([]byte(strings.Join(lines, "\n")), time.UTC)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return a
}

// summary is a verdict as "jane@a bob@a | reason reason".
func summary(v Verdict) string {
	var counted, refused []string
	for _, c := range v.Counted {
		counted = append(counted, c.Principal)
	}
	for _, r := range v.Refused {
		refused = append(refused, string(r.Reason))
	}
	return strings.TrimSpace(fmt.Sprint(strings.Join(counted, " "), " | ", strings.Join(refused, " ")))
}
