package pager

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestEnvironmentHoldsNoToken: what a pager, or what it starts, can read has no secret in it.
func TestEnvironmentHoldsNoToken(t *testing.T) {
	t.Parallel()
	got := environment([]string{"PATH=/bin", "MAKE_API_KEY=secret", "MAKE_API_KEY_EU1=secret", "DB_PASSWORD=secret",
		"LC_ALL=C", "LESSCHARSET=utf-8", "TERM=xterm", "MAKESYNC_NOTIFY_URL=https://hook", "SSH_AUTH_SOCK=/s"})
	want := []string{"PATH=/bin", "LC_ALL=C", "LESSCHARSET=utf-8", "TERM=xterm", "LESS=FRX"}
	if !slices.Equal(got, want) {
		t.Errorf("a pager gets %q, want %q", got, want)
	}
	if got := environment([]string{"LESS=-i"}); !slices.Equal(got, []string{"LESS=-i"}) {
		t.Errorf("the user's wishes for less became %q", got)
	}
}

func TestNotStarted(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{nil, {"no-such-pager-anywhere"}, {"/"}} {
		mute := func() func() { t.Error("ctrl-c is ignored for a pager that was not started"); return func() {} }
		if err := Show(context.Background(), words, []byte("text"), mute); !errors.Is(err, ErrNotStarted) {
			t.Errorf("%q: %v", words, err)
		}
	}
}
