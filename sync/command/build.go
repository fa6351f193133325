package command

import (
	"cmp"
	"runtime/debug"
	"strings"
)

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

// Version is set by packagers that look for it where the program is told its own,
// -ldflags "-X makesync/sync/command.Version=1.2.3"; main.version goes before it.
var Version string

// Stamped is what a packager has set with -ldflags -X, where a tree without its repository tells
// nothing; "" leaves what is there.
func (b Build) Stamped(version, commit, date string) Build {
	b.Version = cmp.Or(strings.TrimPrefix(cmp.Or(version, Version), "v"), b.Version)
	b.Commit, b.Time = cmp.Or(commit, b.Commit), cmp.Or(date, b.Time)
	return b
}

// String is the version with the commit and the tool chain behind it.
func (b Build) String() string {
	text := b.Version
	if b.Commit != "" {
		text += " (" + b.Commit[:min(12, len(b.Commit))]
		if b.Modified {
			text += ", modified"
		}
		text += ")"
	}
	return text + " " + b.Go + " " + b.Platform
}
