package spec

import (
	"os"
	"testing"
)

// TestMain makes fingerprints cheap; TestFingerprintsAreDear looks at the real cost.
func TestMain(m *testing.M) {
	dear = scryptN
	CheapenFingerprints()
	os.Exit(m.Run())
}

// dear is the cost that the program has.
var dear int

func TestFingerprintsAreDear(t *testing.T) {
	t.Parallel()
	if dear < 1<<13 {
		t.Errorf("scrypt costs only %d", dear)
	}
}
