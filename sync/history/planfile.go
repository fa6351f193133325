package history

import (
	"fmt"
	"io"
	"os"
)

// maxPlan is the largest plan file that is read, in bytes.
const maxPlan = 64 << 20

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
