package text

import (
	"errors"
	"io/fs"
)

// FileError is an error of a file without its call and its path, for a message that names the file:
// "open plan.json: no such file or directory" becomes "there is no such file or folder". What the
// error is can still be asked with errors.Is.
func FileError(err error) error {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fileError{"there is no such file or folder", err}
	case errors.As(err, &at):
		return fileError{at.Err.Error(), err}
	}
	return err
}

type fileError struct {
	words string
	error
}

func (e fileError) Error() string { return e.words }

func (e fileError) Unwrap() error { return e.error }
