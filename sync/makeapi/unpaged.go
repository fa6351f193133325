package makeapi

import (
	"context"
	"io"
)

// readUnpaged reads the rows of a list that the API does not page (variables, roles, controls,
// enums): the reply is all of it. One that holds no such array is an error.
func readUnpaged[T any](ctx context.Context, c caller, k call, key string) ([]T, error) {
	var p page[T]
	k.longest = listReply
	k.decode = func(body io.Reader) (err error) {
		p, err = decodePage[T](body, key)
		return err
	}
	err := c.do(ctx, &k)
	return p.rows, err
}
