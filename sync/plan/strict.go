package plan

import (
	"bytes"
	"encoding/json"
	"errors"

	"makesync/spec"
)

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
