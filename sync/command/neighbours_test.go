package command_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestWaitingOrganizationsDelayNobody: organizations that wait for their rate windows wait side by side, however many they are and
// whatever --concurrency says. At four calls in a minute, of which three are ours, an export of what they are and pay for takes each of them two more minutes; an
// apply as well, since what was read is read again when the first is over.
func TestWaitingOrganizationsDelayNobody(t *testing.T) {
	t.Parallel()
	const organizations = 5
	var rows, blocks []string
	for i := range organizations {
		rows = append(rows, fmt.Sprintf(`{"id": %d, "name": "Slow %d", "license": {"apiLimit": 4}}`, 11+i, i))
		blocks = append(blocks, fmt.Sprintf("  slow-%d: {id: %d, variables: {A: 1, B: 2, C: 3, D: 4}}\n", i, 11+i))
	}
	seed := fmt.Sprintf(`{"version": 1, "users": [{"email": "ops@acme.example"}], "zones": [{"name": "eu1", "organizations": [%s]}]}`, strings.Join(rows, ", "))
	documents := "apiVersion: makesync/v1\nzone: eu1\norganizations:\n" + strings.Join(blocks, "")
	for _, test := range []struct {
		name string
		most time.Duration
		args func(s *stage) []string
	}{
		{"apply", 2 * time.Minute, func(s *stage) []string { return []string{"apply", "-f", s.documents, "--yes"} }},
		{"export", 2 * time.Minute, func(s *stage) []string {
			return []string{"export", "--zone", "eu1", "-o", filepath.Join(s.home, "out")}
		}},
	} {
		for _, concurrency := range []string{"1", "2"} {
			t.Run(test.name+" "+concurrency, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := stageOf(t, seed, documents)
					began := time.Now()
					code, stdout, stderr := s.run(append(test.args(s), "--concurrency", concurrency)...)
					if took := time.Since(began); code != 0 || took > test.most+5*time.Second {
						t.Errorf("exit %d after %v, want 0 after about %v\n%s\n%s", code, took, test.most, stdout, stderr)
					}
				})
			})
		}
	}
}
