package command

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/makeapi"
)

// Env is everything outside the program that a command may touch. Main reads no
// global state, so that tests can give every part of it.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// LookupEnv is os.LookupEnv, or a test's own.
	LookupEnv func(string) (string, bool)
	// ReadSecret reads a line that a person types at the terminal and that is not shown;
	// nil: nobody can.
	ReadSecret func(context.Context) (string, error)
	// Page shows a text with the program that the words name; nil: nothing can.
	Page func(words []string, text []byte) error
	// Terminal says which streams are terminals.
	Terminal Terminal
	// Now is the wall clock.
	Now func() time.Time
	// Random is the source of run names and salts: crypto/rand.Reader.
	Random io.Reader
	// Transport carries the requests to a zone that is not embedded; nil: the network.
	Transport func(zone string) http.RoundTripper
	// MachineLocks has an apply meet those of other users and other state folders of this machine.
	MachineLocks bool
	// SeesLock asks a second process whether it finds a file locked; nil: there is none.
	SeesLock func(ctx context.Context, path string) (bool, error)
	Build    Build
	// piped are the documents of -f -; nil without.
	piped []byte
}

// Terminal is what is known of the streams.
type Terminal struct {
	Stdin, Stdout, Stderr bool
	// Width is the number of columns; 0 means unknown, and then 100 are used. Height is that of
	// lines; 0 means unknown, and then nothing is too long.
	Width, Height int
	// ErrorWidth is the number of columns of stderr; 0 means unknown, and then nothing is folded.
	ErrorWidth int
	// Host is the name of this machine.
	Host string
}

// dumb tells whether the terminal can neither go back in a line nor show colours: that of an
// editor's shell, of many a CI.
func (e Env) dumb() bool {
	term := e.lookup("TERM")
	return term == "dumb" || term == "" && runtime.GOOS != "windows"
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

// stateFolders are where runs are kept, the first whose variable is set to a full path. Windows has
// a folder for what is the user's on this machine alone.
func stateFolders(system string) []struct{ variable, below string } {
	folders := []struct{ variable, below string }{
		{"XDG_STATE_HOME", "makesync"},
		{"HOME", ".local/state/makesync"},
	}
	if system == "windows" {
		folders = append(folders[:1],
			struct{ variable, below string }{"LOCALAPPDATA", "makesync"},
			struct{ variable, below string }{"USERPROFILE", "AppData/Local/makesync"})
	}
	return folders
}

// stateDirectory is the folder of what runs leave behind.
func (e Env) stateDirectory() (string, error) {
	var variables []string
	for _, f := range stateFolders(runtime.GOOS) {
		base := e.lookup(f.variable)
		if filepath.IsAbs(base) || strings.HasPrefix(base, "/") {
			return filepath.Join(base, filepath.FromSlash(f.below)), nil
		}
		variables = append(variables, f.variable)
	}
	return "", fmt.Errorf("none of %s says where runs are kept; give --journal DIR and set one of them",
		strings.Join(variables, ", "))
}

// openStore opens what earlier runs left behind; journal is --journal, "" for the usual place.
func openStore(env Env, journal string) (*history.Store, error) {
	dir, err := env.stateDirectory()
	if err != nil {
		return nil, failure{exit: exit.Internal, message: err.Error()}
	}
	return history.Open(history.Options{
		Dir: dir, Runs: journal, Now: env.Now, Tool: env.Build.Version, Machine: env.MachineLocks,
	}), nil
}

const saltSize = 16

// newSalt is for the fingerprints of one plan or snapshot.
func newSalt(env Env) ([]byte, error) {
	salt := make([]byte, saltSize)
	_, err := io.ReadFull(env.Random, salt)
	return salt, err
}
