package approval

import (
	"bytes"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Sizes of what a stranger may have written.
const (
	maxSignature = 64 << 10 // bytes, armored
	minRSA       = 2048     // bits
	maxRSA       = 16384    // bits, OpenSSH's own bound
)

// keyTypes that count.
var keyTypes = []string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSA,
	ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256,
}

// plainKey is the key itself, where a certificate is presented.
func plainKey(key ssh.PublicKey) ssh.PublicKey {
	if certificate, ok := key.(*ssh.Certificate); ok {
		return certificate.Key
	}
	return key
}

// checkKey refuses kinds and sizes of keys that do not count.
func checkKey(key ssh.PublicKey) error {
	key = plainKey(key)
	if !slices.Contains(keyTypes, key.Type()) {
		return fmt.Errorf("keys of type %s do not count", shown(key.Type()))
	}
	if holder, ok := key.(ssh.CryptoPublicKey); ok {
		public, ok := holder.CryptoPublicKey().(*rsa.PublicKey)
		if ok && (public.N.BitLen() < minRSA || public.N.BitLen() > maxRSA) {
			return fmt.Errorf(
				"an RSA key of %d bits does not count; it must have %d to %d",
				public.N.BitLen(),
				minRSA,
				maxRSA,
			)
		}
	}
	return nil
}

// openSignature parses the signature of a file and verifies it over the statement, byte for byte.
// It gives the key, or the certificate, with which it was made; nobody has looked yet whose that
// is.
func openSignature(f File) (ssh.PublicKey, error) {
	signature, err := parseSignature(f.Signature)
	if err != nil {
		return nil, err
	}
	if signature.Namespace != Namespace {
		return nil, fmt.Errorf("it was made for %s, not for %s", shown(signature.Namespace), Namespace)
	}
	if err := checkKey(signature.PublicKey); err != nil {
		return nil, err
	}
	if err := checkAlgorithm(plainKey(signature.PublicKey), signature.Signature.Format); err != nil {
		return nil, err
	}
	err = sshsig.Verify(
		bytes.NewReader(f.Statement),
		signature,
		signature.PublicKey,
		signature.HashAlgorithm,
		Namespace,
	)
	if err != nil {
		return nil, errors.New("it does not fit the statement")
	}
	if err := checkTouch(signature); err != nil {
		return nil, err
	}
	return signature.PublicKey, nil
}

// userPresent is the flag of a security key that somebody has touched it. Behind it, in the last
// five bytes of a signature, stands a counter.
const userPresent = 0x01

// checkTouch wants a touch of security keys. The library and ssh-keygen take signatures without
// one, but an approval is what a person does, and not what runs on her machine.
func checkTouch(signature *sshsig.Signature) error {
	switch plainKey(signature.PublicKey).Type() {
	case ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
	default:
		return nil
	}
	if rest := signature.Signature.Rest; len(rest) != 5 || rest[0]&userPresent == 0 {
		return errors.New("nobody has touched the security key for it (no-touch-required)")
	}
	return nil
}

// parseSignature takes an armored signature and nothing around it. The library has no bound on
// sizes and reads over text before and after.
func parseSignature(armored []byte) (*sshsig.Signature, error) {
	if len(armored) > maxSignature {
		return nil, fmt.Errorf("it is longer than %d bytes", maxSignature)
	}
	block, rest := pem.Decode(armored)
	begins := bytes.HasPrefix(armored, []byte("-----BEGIN "+sshsig.PEMType+"-----"))
	if !begins || block == nil || len(block.Headers) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("it is no armored SSH signature")
	}
	signature, err := sshsig.Unarmor(armored)
	if err != nil {
		return nil, errors.New("it cannot be read as an SSH signature")
	}
	return signature, nil
}

// checkAlgorithm wants SHA-2 of RSA keys. The library asks for it only where no certificate is
// presented.
func checkAlgorithm(key ssh.PublicKey, algorithm string) error {
	allowed := []string{key.Type()}
	if key.Type() == ssh.KeyAlgoRSA {
		allowed = []string{ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512}
	}
	if !slices.Contains(allowed, algorithm) {
		return fmt.Errorf("it was made with %s", shown(algorithm))
	}
	return nil
}
