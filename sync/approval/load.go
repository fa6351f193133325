package approval

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

// certificateSuffix is how ssh-keygen names the certificate of the key beside it.
const certificateSuffix = "-cert.pub"

// Keys says where the key of a signature comes from.
type Keys struct {
	// Path is a private key; or a public key (NAME.pub), whose private half the agent holds; or a
	// certificate (NAME-cert.pub), whose private half is NAME or held by the agent. "" is the only
	// key of the agent.
	Path string
	// Read reads a file.
	Read func(path string) ([]byte, error)
	// Agent connects to the SSH agent.
	Agent func() (io.ReadWriter, error)
	// Passphrase asks for that of a private key.
	Passphrase func() ([]byte, error)
}

// Signer is a key that signs.
type Signer = ssh.Signer

// Signer is what signs. It may need the agent's connection as long as it is used.
func (k Keys) Signer() (Signer, error) {
	if k.Path == "" {
		return k.fromAgent(nil)
	}
	text, err := k.Read(k.Path)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	key, err := publicKey(text)
	if err != nil {
		return FromKeyFile(text, k.Passphrase)
	}
	certificate, ok := key.(*ssh.Certificate)
	if !ok {
		return k.fromAgent(key)
	}
	signer, err := k.privateOf(certificate)
	if err != nil {
		return nil, err
	}
	return ssh.NewCertSigner(certificate, signer)
}

// privateOf is the key that a certificate is about: in the file beside it, or in the agent.
func (k Keys) privateOf(certificate *ssh.Certificate) (ssh.Signer, error) {
	if path, ok := strings.CutSuffix(k.Path, certificateSuffix); ok {
		if text, err := k.Read(path); err == nil {
			return FromKeyFile(text, k.Passphrase)
		}
	}
	return k.fromAgent(certificate.Key)
}

func (k Keys) fromAgent(key ssh.PublicKey) (ssh.Signer, error) {
	connection, err := k.Agent()
	if err != nil {
		return nil, err
	}
	return FromAgent(connection, key)
}

// publicKey reads a file NAME.pub.
func publicKey(text []byte) (ssh.PublicKey, error) {
	key, _, options, rest, err := ssh.ParseAuthorizedKey(text)
	if err != nil || len(options) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("this is not one public key")
	}
	return key, nil
}

// Fingerprint is that of a signer's key, as ssh-keygen -l shows it.
func Fingerprint(signer ssh.Signer) string {
	return ssh.FingerprintSHA256(plainKey(signer.PublicKey()))
}
