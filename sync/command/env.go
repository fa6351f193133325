package command

import (
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"makesync/sync/makeapi"
)

// Env is everything outside the program that a command may touch. Main reads no
// global state, so that tests can give every part of it.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// LookupEnv is os.LookupEnv, or a test's own.
	LookupEnv func(string) (string, bool)
	// Terminal says which streams are terminals.
	Terminal Terminal
	// Now is the wall clock.
	Now func() time.Time
	// Random is the source of run names and salts: crypto/rand.Reader.
	Random io.Reader
	// Transport carries the requests to a zone that is not embedded; nil: the network.
	Transport func(zone string) http.RoundTripper
	Build     Build
}

// Terminal is what is known of the streams.
type Terminal struct {
	Stdin, Stdout, Stderr bool
	// Width is the number of columns; 0 means unknown, and then 100 are used.
	Width int
}

// Build is what the binary knows of itself.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	// Time is when the commit was made, RFC 3339.
	Time string `json:"time,omitempty"`
	// Modified: the work tree held uncommitted changes.
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// transport carries the requests to a zone.
func (e Env) transport(zone string, concurrency int) http.RoundTripper {
	if e.Transport != nil {
		return e.Transport(zone)
	}
	return makeapi.NewTransport(concurrency)
}

// lookup is the variable's value, or "".
func (e Env) lookup(name string) string {
	value, _ := e.LookupEnv(name)
	return value
}

// BuildOf reads the version out of what `go build` and `go install` record. A
// build without a tag is "devel", with the commit behind it where it is known.
func BuildOf(info *debug.BuildInfo) Build {
	b := Build{Version: "devel"}
	if info == nil {
		return b
	}
	b.Go = info.GoVersion
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	b.Commit, b.Time = settings["vcs.revision"], settings["vcs.time"]
	b.Modified = settings["vcs.modified"] == "true"
	b.Platform = settings["GOOS"] + "/" + settings["GOARCH"]
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = strings.TrimPrefix(v, "v")
	}
	return b
}
