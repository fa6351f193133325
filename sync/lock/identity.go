package lock

import (
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	"makesync/spec"
)

// Identity is what all spellings of a zone have in common: of a url the host and the port, of the
// state file of a simulated zone where it really lies.
func Identity(place string) string {
	if !strings.Contains(place, "://") {
		return fileIdentity(place)
	}
	u, err := url.Parse(place)
	if err != nil || u.Host == "" {
		return place
	}
	return spec.ServerPlace(u)
}

// fileIdentity follows links, of the folder as well where the file is not there yet.
func fileIdentity(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	} else if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(folder, filepath.Base(path))
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		path = strings.ToLower(path) // their file systems do not tell case apart
	}
	return path
}
