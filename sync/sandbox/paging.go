package sandbox

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxLimit is the most rows that a page can have (published).
const maxLimit = 10000

// page is what pg[...] asks for, echoed in the reply. There is no end marker:
// a page with fewer rows than its limit is the last one.
type page struct {
	sortBy  string
	limit   int
	sortDir string
	offset  int
	total   bool
}

// pageOf reads pg[...]; sortable names the columns that rows can be sorted by,
// the first one being the default. A larger limit than maxLimit is cut to it.
func pageOf(c *call, limit int, sortable ...string) (page, error) {
	p := page{sortBy: sortable[0], sortDir: "asc", limit: limit}
	if !strings.Contains(c.r.URL.RawQuery, "pg") {
		return p, nil
	}
	q := c.query()
	var err error
	if p.limit, err = count(q, "pg[limit]", limit); err != nil {
		return p, err
	}
	if p.offset, err = count(q, "pg[offset]", 0); err != nil {
		return p, err
	}
	p.limit = min(p.limit, maxLimit)
	if s := q.Get("pg[sortBy]"); slices.Contains(sortable, s) {
		p.sortBy = s
	}
	switch d := strings.ToLower(q.Get("pg[sortDir]")); d {
	case "asc", "desc":
		p.sortDir = d
	case "":
	default:
		return p, invalid("Parameter 'pg[sortDir]' must be asc or desc.")
	}
	p.total = q.Get("pg[returnTotalCount]") == "true"
	return p, nil
}

func count(q url.Values, key string, otherwise int) (int, error) {
	if !q.Has(key) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(q.Get(key))
	if err != nil || n < 0 {
		return 0, invalid("Parameter '" + key + "' must be a non-negative integer.")
	}
	return n, nil
}

// echo is the pg object of the reply.
func (p page) echo(total int) object {
	o := object{
		{"sortBy", p.sortBy},
		{"limit", p.limit},
		{"sortDir", p.sortDir},
		{"offset", p.offset},
		{"returnTotalCount", p.total},
	}
	if p.total {
		o = append(o, field{"totalCount", total})
	}
	return o
}

// cut returns the rows of the page. The rows come sorted ascending by the default column.
func cut[T any](p page, rows []T) []T {
	if p.sortDir == "desc" {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	rows = rows[min(p.offset, len(rows)):]
	return rows[:min(p.limit, len(rows))]
}

// ordered sorts a copy of rows by a text and then by id, when the page asks for
// another order than the rows already have.
func ordered[T any](rows []T, text func(T) string, id func(T) int) []T {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b T) int {
		return cmp.Or(cmp.Compare(text(a), text(b)), cmp.Compare(id(a), id(b)))
	})
	return rows
}
