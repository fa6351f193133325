package makeapi

import (
	"bytes"
	"io"
)

// replyBody limits a reply's length and memory, and restarts the timeout while it is coming.
type replyBody struct {
	from    io.Reader
	timeout *idleTimeout
	left    int64
	memory  *memoryShare
	weight  int64 // not yet taken from memory
	begun   bool
	err     error // of the network, or too much; nil while all is well
}

const errTooLong = excess("the reply is longer than makesync reads")

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
	if mark := []byte("\ufeff"); !b.begun && n > 0 {
		b.begun = true
		n = copy(into, bytes.TrimPrefix(into[:n], mark)) // which JSON has not, and some servers put there
	}
	if err != nil && err != io.EOF {
		b.err = err
		return n, err
	}
	if e := b.charge(into[:n]); e != nil {
		b.err = e
		return n, e
	}
	return n, err
}

// charge takes memory for what was read, step by step. Waiting for it is not the zone's delay.
func (b *replyBody) charge(data []byte) error {
	if b.weight += weight(data); b.weight < memoryStep {
		return nil
	}
	n := b.weight
	b.weight = 0
	freed, err := b.memory.tryTake(n)
	if freed == nil {
		return err
	}
	resume := b.timeout.suspend()
	defer resume()
	return b.memory.take(n, b.timeout.ended)
}
