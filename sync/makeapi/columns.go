package makeapi

import (
	"maps"
	"net/http"
	"net/url"
	"sync"

	"makesync/sync/state"
)

// columns asks for a list with its columns chosen: by the first query, and by the next one where
// the zone refuses that. Queries go from the most columns to the fewest.
func (c caller) columns(path string, queries []url.Values, ask func(columns url.Values) error) error {
	for i := c.unsupported.firstSupported(path); ; i++ {
		err := ask(queries[i])
		if i+1 == len(queries) || !refusesColumns(err) {
			return err
		}
		c.unsupported.add(path, i)
	}
}

// unsupportedColumns remembers which queries for columns a zone refuses. One refusal may be chance;
// after two the query is not sent again.
type unsupportedColumns struct {
	mu       sync.Mutex
	refusals map[string][]int // by path, of each query
}

// firstSupported is the index of the first query that is worth sending.
func (u *unsupportedColumns) firstSupported(path string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	for i, n := range u.refusals[path] {
		if n < 2 {
			return i
		}
	}
	return len(u.refusals[path])
}

func (u *unsupportedColumns) add(path string, query int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.refusals == nil {
		u.refusals = map[string][]int{}
	}
	for len(u.refusals[path]) <= query {
		u.refusals[path] = append(u.refusals[path], 0)
	}
	u.refusals[path][query]++
}

// refusesColumns tells whether a zone may have answered so because of a column that it does not
// know.
func refusesColumns(err error) bool {
	call := state.AsCallError(err)
	return call != nil && (call.Status == http.StatusBadRequest || call.Status == http.StatusUnprocessableEntity)
}

// cols is a query that asks for columns. They replace the default ones, so id is always among them.
func cols(names ...string) url.Values { return url.Values{"cols[]": names} }

// with is a copy of a query with one more parameter.
func with(query url.Values, name, value string) url.Values {
	more := url.Values{}
	maps.Copy(more, query)
	more.Set(name, value)
	return more
}
