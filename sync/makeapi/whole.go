package makeapi

import (
	"context"
	"io"

	reconcile "makesync/sync"
)

// readWhole reads the rows of a list that the API does not page (variables, roles, controls, enums):
// the reply is all of it. One that holds no such array is an error.
func readWhole[T any](ctx context.Context, c *Client, k call, key string) ([]T, error) {
	var p page[T]
	k.decode = func(body io.Reader) (err error) {
		p, err = decodePage[T](body, key)
		return err
	}
	err := c.do(ctx, &k)
	return p.rows, err
}

// asCallError gives an error of a context that came from waiting for somebody else's call its proper form.
func (c *Client) asCallError(doing string, err error) error {
	if err == nil || reconcile.AsCallError(err) != nil {
		return err
	}
	return c.cancelled(&call{doing: doing, object: "zone " + c.zone}, err)
}
