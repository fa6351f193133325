package makeapi

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"makesync/sync/exit"
	"makesync/sync/state"
)

// A list counts as read only with proof that it is whole; anything else is an error, so that a
// part of a list never looks like all of it:
//
//	the page has fewer rows than the limit that `pg` echoes  whole
//	the page is empty                                        whole
//	no `pg` or no limit in it, fewer than 10 rows            whole: no known default cuts shorter
//	no `pg` or no limit in it, 10 rows or more               one more page; nothing new: whole
//	the page is full                                         one more page
//	a further page repeats only rows that were read          an error: the zone ignores pg[offset]
//	totalCount, where it was asked for, is what was read     whole: a full page may be the last
//	totalCount is larger than what was read                  one more page; nothing more: whole¹
//	totalCount is above 0 and there is no row                an error
//
// ¹ A zone may count rows that it does not show.
//
// A further page begins with the last row of the one before. Where it does not, rows were added
// or taken away in between and one may have been missed: the list is read again from its beginning.
const (
	pageLimit    = 10000 // the API's maximum
	shortestCut  = 10    // the smallest default limit that was ever documented
	listTries    = 3
	ignoresPages = "the zone sends the same rows whatever pg[offset] asks for, so the list cannot be read to its end"
)

// errMoved: the list changed while its pages were read.
var errMoved = unreadable("the list kept changing while it was read, so it may not be whole")

// listing is a paged list as data.
type listing[T any] struct {
	call call   // without paging
	key  string // of the array
	id   func(*T) integer
}

// readList reads a list to its proven end; rows come once each, in the zone's order.
func readList[T any](ctx context.Context, c caller, l listing[T]) (page[T], error) {
	for try := 1; ; try++ {
		whole, err := l.pages(ctx, c)
		if errors.Is(err, errMoved) && try < listTries {
			continue
		}
		var ours unreadable
		var tooMuch excess
		if errors.As(err, &ours) || errors.As(err, &tooMuch) && state.AsCallError(err) == nil {
			err = l.call.broken(err)
		}
		return whole, err
	}
}

// broken is the error of a list whose replies do not make a whole.
func (k *call) broken(err error) error {
	return &state.CallError{Doing: k.description(), Class: exit.ClassBroken, Message: brokenWords(err)}
}

func (l listing[T]) pages(ctx context.Context, c caller) (page[T], error) {
	read := listReader[T]{listing: l, seen: map[int64]bool{}}
	read.call.memory = &memoryShare{of: replies}
	defer read.call.memory.giveBack(0)
	for !read.whole {
		p, err := read.page(ctx, c, read.offset())
		if err == nil {
			err = read.add(p)
		}
		if err != nil {
			return page[T]{}, err
		}
	}
	return read.all, nil
}

func (l listing[T]) page(ctx context.Context, c caller, offset int) (p page[T], err error) {
	k := l.call
	k.method, k.longest = http.MethodGet, listReply
	k.query = maps.Clone(l.call.query)
	if k.query == nil {
		k.query = url.Values{}
	}
	k.query.Set("pg[limit]", strconv.Itoa(pageLimit))
	if offset > 0 {
		k.query.Set("pg[offset]", strconv.Itoa(offset))
	}
	k.decode = func(body io.Reader) (err error) {
		p, err = pageDecoder[T]{key: l.key, most: pageLimit, id: l.id}.decode(body)
		return err
	}
	err = c.do(ctx, &k)
	return p, err
}

// listReader is how far a list has been read.
type listReader[T any] struct {
	listing[T]
	all   page[T]
	seen  map[int64]bool
	pages int
	next  int   // rows of the zone that have come by
	last  int64 // id of the latest of them
	limit int   // as echoed; 0: not known
	whole bool
}

// offset is where the next page begins: at the last row read, so that a shift is noticed.
func (r *listReader[T]) offset() int {
	if r.next > 0 && r.limit != 1 {
		return r.next - 1
	}
	return r.next
}

// add takes a page and decides whether the list is whole.
func (r *listReader[T]) add(p page[T]) error {
	offset := r.offset()
	fresh, overlaps, err := r.addRows(p)
	if err != nil {
		return err
	}
	r.all.promises = append(r.all.promises, p.promises...)
	r.pages++
	r.learnLimit(p)
	total := p.info.TotalCount
	counted := total.known && total.n == int64(len(r.all.rows))
	missing := total.known && total.n > int64(len(r.all.rows)) && fresh > 0
	short := r.limit > 0 && p.count < r.limit && !missing
	switch {
	case len(r.all.rows) == 0 && total.known && total.n > 0:
		return unreadable("the zone counts " + strconv.FormatInt(total.n, 10) + " rows and sends none")
	case p.count == 0 && r.overlap(offset) > 0:
		return errMoved // not even the last row is there any more
	case p.count == 0, short && fresh+r.overlap(offset) >= p.count && overlaps:
		r.whole = true
	case r.pages == 1:
		r.whole = short || counted || (r.limit == 0 && p.count < shortestCut && !missing)
	case fresh == 0 && r.limit == 0:
		r.whole = true // no paging at all: the first reply was everything
	case fresh == 0:
		return unreadable(ignoresPages)
	case !overlaps:
		return errMoved
	default:
		r.whole = short || counted
	}
	r.next = offset + p.count
	return nil
}

// overlap is how many rows of a page at this offset were read before, if nothing moved.
func (r *listReader[T]) overlap(offset int) int { return r.next - offset }

// addRows adds the rows that are new; overlaps tells whether the page begins where the last one
// ended.
func (r *listReader[T]) addRows(p page[T]) (fresh int, overlaps bool, err error) {
	overlaps = r.next == 0 || r.limit == 1
	for i := range p.rows {
		id := r.id(&p.rows[i])
		if !id.known {
			return 0, false, unreadable("row " + strconv.Itoa(i+1) + " of `" + r.key + "` has no id")
		}
		if i == 0 && r.next > 0 && id.n == r.last {
			overlaps = true
		}
		if !r.seen[id.n] {
			r.seen[id.n] = true
			r.all.rows = append(r.all.rows, p.rows[i])
			fresh++
		}
	}
	if p.count > 0 {
		r.last = p.last.n
	}
	if len(r.all.rows) > mostListed {
		return 0, false, excess("the list has more than " + strconv.Itoa(mostListed) + " rows")
	}
	return fresh, overlaps, nil
}

// learnLimit takes the echoed limit; one that the page itself exceeds was not obeyed and proves
// nothing.
func (r *listReader[T]) learnLimit(p page[T]) {
	r.limit = 0
	if limit := p.info.Limit; limit.known && limit.n > 0 && int64(p.count) <= limit.n {
		r.limit = int(min(limit.n, mostListed))
	}
}
