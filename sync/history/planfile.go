package history

import (
	"errors"
	"fmt"

	"makesync/spec/regular"
)

// maxPlan is the largest plan file that is read, in bytes.
const maxPlan = 64 << 20

// LoadPlan reads the bytes of a plan file, within its limit.
func LoadPlan(path string) ([]byte, error) {
	data, err := regular.ReadText(path, maxPlan)
	switch {
	case errors.Is(err, regular.ErrTooLarge):
		return nil, fmt.Errorf("read the plan: %s is larger than %d MiB", path, maxPlan>>20)
	case err != nil:
		return nil, fmt.Errorf("read the plan %s: %w", path, err)
	}
	return data, nil
}
