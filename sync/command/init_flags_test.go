package command_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestInitPassesItsFlagsOn: a zone that never answers holds init for as long as it may, its doctor included, and its
// doctor and plan log as they are told.
func TestInitPassesItsFlagsOn(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{{"--timeout", "2s"}, {"--max-runtime", "3s"}} {
		synctest.Test(t, func(t *testing.T) {
			s := stageOf(t, slowSeed, slowDocuments)
			s.tamper = where(".*", func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})
			began := time.Now()
			args := append([]string{"init", "--zone", "eu1", "-o", filepath.Join(s.home, "out")}, flags...)
			if code, _, stderr := s.run(args...); code == 0 || time.Since(began) > 15*time.Second {
				t.Errorf("%s: exit %d after %s\n%s", flags, code, time.Since(began), stderr)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := stageOf(t, slowSeed, slowDocuments)
		args := []string{"init", "--zone", "eu1", "--log-level", "debug", "-o", filepath.Join(s.home, "out"), "--guards", "none.yaml"}
		code, stdout, stderr := s.run(args...)
		if code == 0 || !strings.Contains(stdout+stderr, "none.yaml") {
			t.Errorf("exit %d\n%s%s", code, stdout, stderr)
		}
		code, _, stderr = s.run(args[:len(args)-2]...)
		if code != 0 || strings.Count(stderr, "/users/me?") < 3 {
			t.Errorf("exit %d\n%s", code, stderr)
		}
	})
}
