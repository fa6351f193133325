package lock_test

import (
	"os"
	"path/filepath"
	"testing"

	"makesync/sync/lock"
)

func TestSpellingsOfAZone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "real"), link); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"https://eu1.make.com/api/v2", "https://EU1.Make.com", true},
		{"https://eu1.make.com", "https://eu1.make.com.", true},
		{"https://eu1.make.com", "https://eu1.make.com:443/", true},
		{"HTTPS://eu1.make.com", "https://eu1.make.com", true},
		{"https://eu1.make.com", "https://eu2.make.com", false},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8081", false},
		{"http://localhost", "http://localhost:80", true},
		{"http://[::1]:80", "http://127.0.0.1", true},
		{"http://localhost:8080", "http://127.0.0.1:8080", true},
		{filepath.Join(dir, "real", "s.json"), filepath.Join(link, "s.json"), true},
		{filepath.Join(dir, "real", "s.json"), filepath.Join(dir, "s.json"), false},
	} {
		if a, b := lock.Identity(c.a), lock.Identity(c.b); (a == b) != c.same {
			t.Errorf("%s is %q, %s is %q", c.a, a, c.b, b)
		}
	}
}
