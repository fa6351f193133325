package savedplan

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"makesync/spec"
	"makesync/sync/plan"
)

// sealPrefix names how a seal is made.
const sealPrefix = "hmac-sha256:"

// findSeal gives the place of a file's seal, if the file can be read in one way only.
func findSeal(data []byte) (spec.StringPlace, error) {
	at, err := spec.WalkStrictly(data, "seal")
	if err == nil && at.End == 0 {
		err = errors.New("it has no seal")
	}
	return at, err
}

func replaceSeal(data []byte, at spec.StringPlace, seal string) []byte {
	quoted, _ := json.Marshal(seal) // a string always can be
	return bytes.Join([][]byte{data[:at.Start], quoted, data[at.End:]}, nil)
}

func sealOf(unsealed []byte, key spec.Value) string {
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write(unsealed)
	return sealPrefix + hex.EncodeToString(mac.Sum(nil))
}

// sealProblem checks the seal of a file: with a key only a fitting seal will do, also no seal
// will not; without one a sealed plan cannot be checked, so it is refused as well.
func sealProblem(data []byte, at spec.StringPlace, key spec.Value) *spec.Problem {
	switch {
	case key.IsZero() && at.Text == plan.Unsealed:
		return nil
	case key.IsZero():
		return FileProblem("plan-seal", "the plan is sealed, and there is no key to check the seal with",
			"set MAKESYNC_SEAL_KEY to the key that it was sealed with")
	case at.Text == plan.Unsealed:
		return FileProblem("plan-seal", "the plan is not sealed, but MAKESYNC_SEAL_KEY is set",
			"make the plan again with the same key set, or unset it if you trust the file")
	}
	want := sealOf(replaceSeal(data, at, plan.Unsealed), key)
	if !hmac.Equal([]byte(want), []byte(at.Text)) {
		return FileProblem("plan-seal", "the seal does not fit: the plan was changed, or sealed with another key",
			"make a new plan")
	}
	return nil
}
