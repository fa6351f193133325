package makeapi

import (
	"context"
	"io"
	"reflect"
	"strconv"
)

// readUnpaged reads the rows of a list that the API does not page (variables, roles, controls,
// enums). One that holds no such array is an error.
func readUnpaged[T any](ctx context.Context, c caller, k call, key string) ([]T, error) {
	return readRows(ctx, c, k, func(body io.Reader) (page[T], error) { return decodePage[T](body, key) })
}

// readRows reads a list whose reply is all of it, unless a `pg` in it tells that it is a page of
// more, which nobody has published and nobody has ruled out: then the others are read as well, for
// a part must never look like all. A call that asks for a limit of its own wants no more.
func readRows[T any](ctx context.Context, c caller, k call, decode func(io.Reader) (page[T], error)) ([]T, error) {
	var p page[T]
	k.longest = listReply
	k.decode = func(body io.Reader) (err error) {
		p, err = decode(body)
		return err
	}
	err := c.do(ctx, &k)
	rows, limited := p.rows, k.query.Has("pg[limit]")
	for err == nil && !limited && p.isPart(len(rows)) {
		k.query = with(with(k.query, "pg[limit]", strconv.Itoa(pageLimit)), "pg[offset]", strconv.Itoa(len(rows)))
		switch err = c.do(ctx, &k); {
		case err != nil:
		case len(p.rows) > 0 && reflect.DeepEqual(p.rows[0], rows[0]):
			if total := p.info.TotalCount; total.known && total.n > int64(len(rows)) {
				return nil, k.broken(unreadable(ignoresPages))
			}
			return rows, nil // it has no pages, and its first reply was everything
		case len(rows)+len(p.rows) > mostUnpaged:
			return nil, k.broken(excess("the list has more than " + strconv.Itoa(mostUnpaged) + " rows"))
		default:
			rows = append(rows, p.rows...)
		}
	}
	return rows, err
}

// isPart tells whether a page's `pg` speaks of rows beyond those that were read.
func (p *page[T]) isPart(read int) bool {
	limit, total := p.info.Limit, p.info.TotalCount
	switch {
	case len(p.rows) == 0:
		return false
	case total.known:
		return total.n > int64(read)
	}
	return limit.known && limit.n > 0 && int64(p.count) >= limit.n
}
