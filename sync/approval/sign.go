package approval

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// Namespace is that of the signatures. It keeps a signature that was made for something else, such
// as a commit, from approving a plan.
const Namespace = "makesync-plan"

// File is a statement with its signature.
type File struct {
	// Name is that of both files without .txt and .txt.sig.
	Name      string
	Statement []byte
	Signature []byte // armored
	// Trouble says why the files could not be read; then the rest is empty.
	Trouble string
}

// Sign signs a statement. The signature is checked before it is given out, since an agent may not
// do what it was asked for.
func Sign(s Statement, signer ssh.Signer) (File, error) {
	text, err := s.Text()
	if err != nil {
		return File{}, err
	}
	key := signer.PublicKey()
	if err := checkKey(key); err != nil {
		return File{}, err
	}
	signature, err := sshsig.Sign(bytes.NewReader(text), withSHA2(signer), sshsig.HashSHA512, Namespace)
	if err != nil {
		return File{}, fmt.Errorf("sign with key %s: %w", ssh.FingerprintSHA256(plainKey(key)), err)
	}
	f := File{Name: fileName(key), Statement: text, Signature: sshsig.Armor(signature)}
	if _, err := openSignature(f); err != nil {
		fingerprint := ssh.FingerprintSHA256(plainKey(key))
		return File{}, fmt.Errorf("the key %s has made a signature that does not count: %w", fingerprint, err)
	}
	return f, nil
}

// withSHA2 makes an RSA signer use SHA-2: left alone, one with a certificate signs with SHA-1.
func withSHA2(signer ssh.Signer) ssh.Signer {
	if algorithms, ok := signer.(ssh.AlgorithmSigner); ok && plainKey(signer.PublicKey()).Type() == ssh.KeyAlgoRSA {
		return sha2Signer{algorithms}
	}
	return signer
}

type sha2Signer struct{ ssh.AlgorithmSigner }

// Sign signs with rsa-sha2-512.
func (s sha2Signer) Sign(random io.Reader, data []byte) (*ssh.Signature, error) {
	return s.SignWithAlgorithm(random, data, ssh.KeyAlgoRSASHA512)
}

// fileName is made of the key's fingerprint as ssh-keygen -l shows it, in the alphabet of file
// names.
func fileName(key ssh.PublicKey) string {
	fingerprint := strings.TrimPrefix(ssh.FingerprintSHA256(plainKey(key)), "SHA256:")
	sum, err := base64.RawStdEncoding.DecodeString(fingerprint)
	if err != nil {
		panic(err) // the library has just encoded it
	}
	return "sha256-" + base64.RawURLEncoding.EncodeToString(sum)
}

// FromKeyFile reads a private key. passphrase is asked only where the key has one.
func FromKeyFile(text []byte, passphrase func() ([]byte, error)) (ssh.Signer, error) {
	signer, err := ssh.ParsePrivateKey(text)
	if missing := (*ssh.PassphraseMissingError)(nil); errors.As(err, &missing) {
		secret, err := passphrase()
		if err != nil {
			return nil, err
		}
		if signer, err = ssh.ParsePrivateKeyWithPassphrase(text, secret); err != nil {
			return nil, errors.New("the passphrase does not open the key")
		}
		return signer, nil
	}
	if err != nil { // the library's text is left out: it may hold some of the key
		return nil, errors.New(
			"this is no private key that can sign here; a key on a security token signs through an agent",
		)
	}
	return signer, nil
}

// FromAgent asks an agent for the signer of a key. Without a key the agent must hold exactly one.
func FromAgent(connection io.ReadWriter, key ssh.PublicKey) (ssh.Signer, error) {
	signers, err := agent.NewClient(connection).Signers()
	if err != nil {
		return nil, fmt.Errorf("ask the SSH agent: %w", err)
	}
	var fingerprints []string
	for _, signer := range signers {
		if key != nil && bytes.Equal(signer.PublicKey().Marshal(), key.Marshal()) {
			return signer, nil
		}
		fingerprints = append(fingerprints, ssh.FingerprintSHA256(signer.PublicKey()))
	}
	switch {
	case key != nil:
		return nil, fmt.Errorf("the SSH agent has no key %s", ssh.FingerprintSHA256(key))
	case len(signers) == 0:
		return nil, errors.New("the SSH agent has no key: add one with ssh-add")
	case len(signers) > 1:
		all := strings.Join(fingerprints, ", ")
		return nil, fmt.Errorf("the SSH agent has %d keys (%s): name the file of one", len(signers), all)
	}
	return signers[0], nil
}
