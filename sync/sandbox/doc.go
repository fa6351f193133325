// Package sandbox simulates zones of Make (make.com): the organizations part of
// the Make Web API v2 as an http.Handler with persistent state.
package sandbox
