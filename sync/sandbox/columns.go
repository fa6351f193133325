package sandbox

import (
	"slices"
	"strings"
)

// A table says which columns rows of T can have. What cols[] asks for replaces
// the default columns, it does not add to them; `*` asks for every column; the
// order of keys in a row is the table's (recorded from Make: cols[1]=id
// narrowed the rows to {id}).
type table[T any] []column[T]

type column[T any] struct {
	key     string
	normal  bool // returned when no columns are asked for
	content func(*call, T) any
}

// pick returns the columns that the call asks for.
func (t table[T]) pick(c *call) (table[T], error) {
	wanted := requestedColumns(c)
	if len(wanted) == 0 {
		return t.only(func(col column[T]) bool { return col.normal }), nil
	}
	if slices.Contains(wanted, "*") {
		return t, nil
	}
	if c.is("unknown-cols", "refuse") {
		for _, w := range wanted {
			if !slices.ContainsFunc(t, func(col column[T]) bool { return col.key == w }) {
				return nil, invalid("Column '" + w + "' is not allowed.")
			}
		}
	}
	return t.only(func(col column[T]) bool { return slices.Contains(wanted, col.key) }), nil
}

// normal returns the default columns.
func (t table[T]) normal() table[T] {
	return t.only(func(col column[T]) bool { return col.normal })
}

// named returns the columns with these keys, in the table's order.
func (t table[T]) named(keys ...string) table[T] {
	return t.only(func(col column[T]) bool { return slices.Contains(keys, col.key) })
}

// without returns the columns but for those with these keys.
func (t table[T]) without(keys ...string) table[T] {
	return t.only(func(col column[T]) bool { return !slices.Contains(keys, col.key) })
}

func (t table[T]) only(keep func(column[T]) bool) table[T] {
	var kept table[T]
	for _, col := range t {
		if keep(col) {
			kept = append(kept, col)
		}
	}
	return kept
}

// row makes the JSON object of v from these columns.
func (t table[T]) row(c *call, v T) object {
	o := make(object, len(t))
	for i, col := range t {
		o[i] = field{col.key, col.content(c, v)}
	}
	return o
}

func (t table[T]) rows(c *call, vs []T) []object {
	out := make([]object, len(vs))
	for i, v := range vs {
		out[i] = t.row(c, v)
	}
	return out
}

// requestedColumns returns the columns that the query asks for, in any of the three
// spellings that working clients use: cols[]=a&cols[]=b, cols[1]=a, cols=a&cols=b.
// An empty one asks for nothing.
func requestedColumns(c *call) []string {
	if !strings.Contains(c.r.URL.RawQuery, "cols") {
		return nil
	}
	wanted := slices.DeleteFunc(requestedList(c, "cols"), func(key string) bool { return key == "" })
	for i, key := range wanted {
		if also, ok := otherSpellings[key]; ok {
			wanted[i] = also
		}
	}
	return wanted
}

// otherSpellings are columns that the documents write otherwise than the replies:
// the published example for role rows asks for userRoleId and shows usersRoleId.
var otherSpellings = map[string]string{"userRoleId": "usersRoleId"}

// requestedList returns the values of a query parameter that may repeat, sorted by spelling.
func requestedList(c *call, name string) []string {
	var keys []string
	for k := range c.query() {
		if k == name || strings.HasPrefix(k, name+"[") && strings.HasSuffix(k, "]") {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var values []string
	for _, k := range keys {
		values = append(values, c.query()[k]...)
	}
	return values
}
