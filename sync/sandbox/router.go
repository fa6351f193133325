package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// prefix is the base path of the API on every zone.
const prefix = "/api/v2"

// An operation is a row of the table in operations.go, with what the router makes of it.
type operation struct {
	endpoint

	name     string // METHOD template
	index    int
	segments []string
}

type flag int

const (
	// public operations need no token.
	public flag = 1 << iota
	// onFree operations answer for organizations of the Free plan too.
	onFree
	// anyZone operations work for organizations of every zone of the world.
	anyZone
	// early operations wait for the replication of a new organization when asked to.
	early
)

// A change is a write that was found valid and waits to be committed. object
// names what it changes, as variable/API_BASE; apply does it and returns the reply.
type change struct {
	object string
	apply  func() any
}

// router finds the operation of a request. Unlike http.ServeMux it takes
// /users/roles/{roleId} beside /users/{userId}/user-organization-roles; literal
// segments win over placeholders.
type router struct {
	operations []*operation
	candidates map[string][]*operation // by method and number of segments
}

func newRouter(ops []*operation) *router {
	rt := &router{operations: ops, candidates: map[string][]*operation{}}
	for i, op := range ops {
		op.index, op.name = i, op.method+" "+op.path
		op.segments = strings.Split(op.path[1:], "/")
		k := key(op.method, len(op.segments))
		rt.candidates[k] = append(rt.candidates[k], op)
	}
	for _, list := range rt.candidates {
		slices.SortStableFunc(
			list,
			func(a, b *operation) int { return strings.Count(a.path, "{") - strings.Count(b.path, "{") },
		)
	}
	return rt
}

// key is a map key of a method and a number of path segments.
func key(method string, segments int) string {
	return method + string(rune('0'+segments))
}

// find returns the operation and the decoded values of its placeholders, in order.
// HEAD is answered as GET; whoever sends the reply leaves its body out, as net/http does.
func (rt *router) find(r *http.Request) (*operation, []string) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), prefix+"/")
	if !ok {
		return nil, nil
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for _, op := range rt.candidates[key(method, len(segments))] {
		if values, ok := op.match(segments); ok {
			return op, values
		}
	}
	return nil, nil
}

func (op *operation) match(segments []string) ([]string, bool) {
	var values []string
	for i, s := range op.segments {
		if s[0] != '{' {
			if s != segments[i] {
				return nil, false
			}
			continue
		}
		v, err := url.PathUnescape(segments[i])
		if err != nil || v == "" {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

// lookup returns the operation of that name, as "POST /organizations".
func (rt *router) lookup(name string) (*operation, error) {
	for _, op := range rt.operations {
		if op.name == name {
			return op, nil
		}
	}
	return nil, fmt.Errorf(
		"no operation %q; it is written as METHOD and path template, for example %q",
		name,
		rt.operations[0].name,
	)
}
