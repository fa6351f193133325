package spec

import (
	"context"
	"encoding/base64"
	"runtime"
	"sync"

	"golang.org/x/crypto/scrypt"
)

// scryptN is the cost of scrypt: 32 MiB and some 80 ms for each secret, paid only for those that a
// step touches or that documents and a snapshot share.
var scryptN = 1 << 15

// CheapenFingerprints is for tests, which fingerprint thousands of secrets. The program never calls
// it.
func CheapenFingerprints() { scryptN = 1 << 4 }

const (
	scryptR   = 8
	scryptP   = 1
	scryptLen = 32
)

// SecretFingerprint is a salted, slow hash of a secret: it can be compared within one plan, and
// guessing what is behind it costs an attacker who finds the plan time for each guess. It is
// empty without a salt: an unsalted one would be the same in every plan.
func SecretFingerprint(secret Value, salt []byte) string {
	if len(salt) == 0 {
		return ""
	}
	key, err := scrypt.Key([]byte(secret.Reveal()), salt, scryptN, scryptR, scryptP, scryptLen)
	if err != nil {
		return "" // only for costs that are no power of two
	}
	return "scrypt:" + base64.RawURLEncoding.EncodeToString(key)
}

// Fingerprints are those of one salt, and so of one plan or run. Each secret's is made once,
// however many objects have it: with one salt it is the same wherever it stands.
type Fingerprints struct {
	salt []byte
	mu   sync.Mutex
	made map[string]func() string // by the secret; they never leave memory
}

// NewFingerprints are those of a salt; without one nothing gets a fingerprint.
func NewFingerprints(salt []byte) *Fingerprints {
	return &Fingerprints{salt: salt, made: map[string]func() string{}}
}

// None tells whether nothing gets a fingerprint.
func (f *Fingerprints) None() bool { return f == nil || len(f.salt) == 0 }

// Of is the fingerprint of a secret.
func (f *Fingerprints) Of(secret Value) string {
	if f.None() {
		return ""
	}
	f.mu.Lock()
	made, known := f.made[secret.Reveal()]
	if !known {
		made = sync.OnceValue(func() string { return SecretFingerprint(secret, f.salt) })
		f.made[secret.Reveal()] = made
	}
	f.mu.Unlock()
	return made() // without the lock: others are made meanwhile
}

// Make makes those of secrets ahead, side by side, since each takes a core for a while and 32 MiB.
// It looks whether to go on before each of them, and gives the error by which it may not.
func (f *Fingerprints) Make(ctx context.Context, secrets []Value, proceed func(context.Context) error) error {
	if f.None() {
		return nil
	}
	var group Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, secret := range secrets {
		group.Go(func() error {
			if err := proceed(ctx); err != nil {
				return err
			}
			f.Of(secret)
			return nil
		})
	}
	return group.Wait()
}
