package makeapi

import (
	"context"
	"io"
	"reflect"
	"slices"
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
	if err := c.do(ctx, &k); err != nil || k.query.Has("pg[limit]") {
		return p.rows, err
	}
	rows, read, anew := p.rows, p.count, false
	for p.isPart(read) {
		k.query = with(with(k.query, "pg[limit]", strconv.Itoa(pageLimit)), "pg[offset]", strconv.Itoa(read))
		if err := c.do(ctx, &k); err != nil {
			return nil, err
		}
		switch repeats := p.repeats(rows); {
		case repeats && p.count > read && !anew: // it hears the limit alone, and begins anew, once
			rows, read, anew = p.rows, p.count, true
		case repeats && p.counts(read):
			return nil, k.broken(unreadable(ignoresPages))
		case repeats && p.count <= read && p.isSame(rows): // it has no pages, and its first reply was everything
			return rows, nil
		case repeats:
			return nil, k.broken(errMoved)
		case len(rows)+len(p.rows) > mostUnpaged:
			return nil, k.broken(excess("the list has more than " + strconv.Itoa(mostUnpaged) + " rows"))
		default:
			rows, read = append(rows, p.rows...), read+p.count
		}
	}
	if p.counts(read) {
		return nil, k.broken(unreadable("the zone counts " + strconv.FormatInt(p.info.TotalCount.n, 10) +
			" rows and sends " + strconv.Itoa(read)))
	}
	return rows, nil
}

// counts tells whether the zone counts more rows than so many.
func (p *page[T]) counts(read int) bool {
	return p.info.TotalCount.known && p.info.TotalCount.n > int64(read)
}

// isPart tells whether a page's `pg` speaks of rows beyond those that were read.
func (p *page[T]) isPart(read int) bool {
	limit := p.info.Limit
	switch {
	case p.count == 0:
		return false
	case p.info.TotalCount.known:
		return p.counts(read)
	}
	return limit.known && limit.n > 0 && int64(p.count) >= limit.n
}

// repeats tells whether a further page begins with a row that was read before.
func (p *page[T]) repeats(rows []T) bool { return len(p.rows) > 0 && holds(rows, &p.rows[0]) }

// isSame tells whether a further page has the rows that were read before, in whatever order as long
// as they are few.
func (p *page[T]) isSame(rows []T) bool {
	if reflect.DeepEqual(p.rows[0], rows[0]) {
		return true
	}
	if len(p.rows) != len(rows) || len(rows) > fewRows {
		return false
	}
	for i := range p.rows {
		if !holds(rows, &p.rows[i]) {
			return false
		}
	}
	return true
}

func holds[T any](rows []T, row *T) bool {
	return slices.ContainsFunc(rows, func(known T) bool { return reflect.DeepEqual(known, *row) })
}
