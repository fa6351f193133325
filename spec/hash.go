package spec

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
)

// HashJSON is "sha256:…" over the JSON form, whose map keys are sorted.
func HashJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		data = []byte(err.Error())
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// SaltText is the salt as a plan keeps it.
func SaltText(salt []byte) string { return base64.RawURLEncoding.EncodeToString(salt) }

// ReadSalt reads a plan's salt back.
func ReadSalt(text string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(text) }
