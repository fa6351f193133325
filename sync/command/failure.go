package command

import (
	"fmt"
	"io"

	"makesync/sync/exit"
	"makesync/sync/render"
)

// failure is an error that ends the run with a known exit.
type failure struct {
	exit          exit.Code
	message, hint string
	cause         error
}

func (f failure) Error() string {
	if f.cause == nil {
		return f.message
	}
	return f.message + ": " + f.cause.Error()
}

func (f failure) Unwrap() error { return f.cause }

// ended is the error of a run whose result, good or bad, is already printed.
type ended struct{ exit exit.Code }

func (e ended) Error() string { return e.exit.Name }

// end is nil for exit 0, so that a command can return it as its error.
func end(code exit.Code) error {
	if code == exit.OK {
		return nil
	}
	return ended{code}
}

// printFailure writes the two lines in which every error ends.
func printFailure(w io.Writer, err error) {
	fmt.Fprintf(w, "error: %s\n", render.Clean(err.Error()))
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(w, "hint: %s\n", render.Clean(hint))
	}
}
