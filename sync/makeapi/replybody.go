package makeapi

import (
	"errors"
	"io"
)

// replyBody limits a reply's length and restarts the timeout while it is coming.
type replyBody struct {
	from    io.Reader
	timeout *idleTimeout
	left    int64
	err     error // of the network, or too long; nil while all is well
}

var errTooLong = errors.New("the reply is longer than makesync reads")

// Read reads on.
func (b *replyBody) Read(into []byte) (int, error) {
	if b.left <= 0 {
		if n, err := b.from.Read(into[:min(1, len(into))]); n == 0 && err == io.EOF {
			return 0, io.EOF
		}
		b.err = errTooLong
		return 0, b.err
	}
	n, err := b.from.Read(into[:min(int64(len(into)), b.left)])
	b.left -= int64(n)
	b.timeout.restart()
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
