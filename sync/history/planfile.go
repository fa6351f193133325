package history

import (
	"fmt"
	"io"
	"os"
)

// maxPlan is the largest plan file that is read, in bytes.
const maxPlan = 64 << 20

// SavePlan writes the bytes of a sealed plan for the owner only, whole or not at all.
func SavePlan(path string, data []byte) error {
	if err := PutFile(path, data, 0o600, true); err != nil {
		return fmt.Errorf("write the plan %s: %w", path, err)
	}
	return nil
}

// LoadPlan reads the bytes of a plan file, within its limit.
func LoadPlan(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxPlan+1))
	if err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	if len(data) > maxPlan {
		return nil, fmt.Errorf("read the plan: %s is larger than %d MiB", path, maxPlan>>20)
	}
	return data, nil
}
