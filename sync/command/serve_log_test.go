package command

import (
	"log/slog"
	"strings"
	"testing"
)

// TestServeLogsItsDefects: at the default level a panic shows, a client's broken handshake does not.
func TestServeLogsItsDefects(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	w := logWriter{slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	for _, line := range []string{"http: TLS handshake error from 127.0.0.1:1: EOF\n", "http: panic serving 127.0.0.1:1: nil pointer\n"} {
		if n, err := w.Write([]byte(line)); n != len(line) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if got := out.String(); !strings.Contains(got, "panic serving") || strings.Contains(got, "handshake") {
		t.Errorf("log: %s", got)
	}
}
