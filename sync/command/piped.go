package command

import (
	"context"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"makesync/spec/document"
	"makesync/sync/exit"
)

// isPiped tells the path that means the documents on stdin.
func isPiped(flag, path string) bool { return flag == "file" && path == document.StdinPath }

// readPiped reads the documents of -f -, once for everything that the run loads.
func readPiped(c *cli.Context, r *runtimeEnv) error {
	if r.piped != nil || !hasFlag(c, "file") || !slices.Contains(c.StringSlice("file"), document.StdinPath) {
		return nil
	}
	data, err := readStdin(c.Context, r.Stdin)
	if err == nil || exit.StopExit(c.Context) != exit.OK {
		r.piped = data
		return err
	}
	return failure{exit: exit.Invalid, message: "read the documents from stdin (-f -)", cause: err}
}

// readStdin reads one byte more than a document may have, so that a larger one can be told. A read
// that nothing comes of cannot be stopped: an interrupt leaves it behind.
func readStdin(ctx context.Context, stdin io.Reader) ([]byte, error) {
	type reply struct {
		data []byte
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		data, err := io.ReadAll(io.LimitReader(stdin, document.MaxDocument+1))
		replies <- reply{data, err}
	}()
	select {
	case got := <-replies:
		return got.data, got.err
	case <-ctx.Done():
		return nil, failure{exit: exit.StopExit(ctx), message: "stopped while reading stdin; nothing was changed",
			cause: context.Cause(ctx)}
	}
}
