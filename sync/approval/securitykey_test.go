package approval

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/big"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
)

// securityKey signs as a security key of FIDO does, with a key in memory.
type securityKey struct {
	public ssh.PublicKey
	signer crypto.Signer
	flags  byte
}

const application = "ssh:"

// newSecurityKey makes a key of the type; the public half is put together by hand, for the library only reads it.
func newSecurityKey(t *testing.T, algorithm string, flags byte) securityKey {
	t.Helper()
	k := securityKey{flags: flags}
	var blob []byte
	switch algorithm {
	case ssh.KeyAlgoSKED25519:
		key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
		k.signer = key
		blob = ssh.Marshal(struct {
			Name, Key, Application string
		}{algorithm, string(key.Public().(ed25519.PublicKey)), application})
	case ssh.KeyAlgoSKECDSA256:
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		point, err := key.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		k.signer = key
		blob = ssh.Marshal(struct {
			Name, Curve, Key, Application string
		}{algorithm, "nistp256", string(point), application})
	}
	var err error
	if k.public, err = ssh.ParsePublicKey(blob); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k securityKey) PublicKey() ssh.PublicKey { return k.public }

// Sign signs what the key shows to have signed: the application, flags, counter and the hash of the data.
func (k securityKey) Sign(random io.Reader, data []byte) (*ssh.Signature, error) {
	rest := binary.BigEndian.AppendUint32([]byte{k.flags}, 42)
	app, message := sha256.Sum256([]byte(application)), sha256.Sum256(data)
	signed := append(append(app[:], rest...), message[:]...)
	signature := &ssh.Signature{Format: k.public.Type(), Rest: rest}
	switch key := k.signer.(type) {
	case ed25519.PrivateKey:
		signature.Blob = ed25519.Sign(key, signed)
	case *ecdsa.PrivateKey:
		digest := sha256.Sum256(signed)
		r, s, err := ecdsa.Sign(random, key, digest[:])
		if err != nil {
			return nil, err
		}
		signature.Blob = ssh.Marshal(struct{ R, S *big.Int }{r, s})
	}
	return signature, nil
}

// A security key counts when somebody has touched it; ssh-keygen agrees about the signature.
func TestSecurityKeys(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256} {
		touched := newSecurityKey(t, algorithm, userPresent|0x04)
		f := signed(t, wanted(), touched)
		line := "jane@a " + public(touched.public)
		if v := approvers(t, line).Verify(wanted(), []File{f}, noon, 1); summary(v) != "jane@a |" {
			t.Errorf("%s: %s", algorithm, summary(v))
		}
		if v := approvers(t, line+" ").Verify(otherThan(wanted()), []File{f}, noon, 1); v.Enough() {
			t.Errorf("%s counts for another plan", algorithm)
		}
		untouched := touched
		untouched.flags = 0x04 // verified by a PIN, and nobody was there
		if _, err := Sign(wanted(), untouched); err == nil {
			t.Errorf("%s: a signature without a touch is made", algorithm)
		}
		for name, forge := range map[string]func(*ssh.Signature){
			"flags":   func(s *ssh.Signature) { s.Rest[0] ^= 0x04 },
			"counter": func(s *ssh.Signature) { s.Rest[4]++ },
			"no rest": func(s *ssh.Signature) { s.Rest = nil },
			"longer":  func(s *ssh.Signature) { s.Rest = append(s.Rest, 0) },
		} {
			if _, err := Sign(wanted(), forgedKey{touched, forge}); err == nil {
				t.Errorf("%s: a signature with other %s is taken", algorithm, name)
			}
		}
		tool := keygen(t)
		lasts := signed(t, lasting(), touched)
		folder := Folder(filepath.Join(t.TempDir(), "plan.json"))
		if err := Save(folder, lasts); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(folder, lasts.Name+".txt")
		allowed := write(t, t.TempDir(), "allowed", []byte(line+"\n"))
		out, err := run(t, lasts.Statement, tool, "-Y", "verify", "-n", Namespace, "-I", "jane@a", "-f", allowed, "-s", file+".sig")
		if err != nil {
			t.Errorf("%s: ssh-keygen: %v\n%s", algorithm, err, out)
		}
	}
}

type forgedKey struct {
	securityKey
	forge func(*ssh.Signature)
}

// Sign makes a signature and then changes it.
func (k forgedKey) Sign(random io.Reader, data []byte) (*ssh.Signature, error) {
	s, err := k.securityKey.Sign(random, data)
	k.forge(s)
	return s, err
}

func otherThan(s Statement) Statement {
	s.Organizations = append(s.Organizations, Organization{Zone: s.Zones[0].Name, Key: "another", ID: 99})
	return s
}
