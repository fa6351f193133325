package command_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// A wrongClient stands between makesync and the zone and makes of it a client with one certain mistake: it asks
// for something else than makesync does, or hears something else than the zone has said.
type wrongClient func(http.RoundTripper) http.RoundTripper

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// where picks requests by `METHOD path`, a regular expression.
func where(pattern string, mistake func(next http.RoundTripper, r *http.Request) (*http.Response, error)) wrongClient {
	match := regexp.MustCompile("^(" + pattern + ")$")
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !match.MatchString(r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v2")) {
				return next.RoundTrip(r)
			}
			return mistake(next, r)
		})
	}
}

// sends changes the body of a request; nil is no body at all.
func sends(pattern string, change func(body map[string]any) any) wrongClient {
	return where(pattern, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		body := map[string]any{}
		if r.Body != nil {
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				return nil, err
			}
		}
		r.Body, r.ContentLength = http.NoBody, 0
		if changed := change(body); changed != nil {
			text, err := json.Marshal(changed)
			if err != nil {
				return nil, err
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		}
		return next.RoundTrip(r)
	})
}

// asks changes the query of a request.
func asks(pattern string, change func(query map[string][]string)) wrongClient {
	return where(pattern, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		query := r.URL.Query()
		change(query)
		r.URL.RawQuery = query.Encode()
		return next.RoundTrip(r)
	})
}

// reply is what a zone has answered.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// hears changes replies.
func hears(pattern string, change func(r *http.Request, reply *reply)) wrongClient {
	return where(pattern, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return nil, err
		}
		heard := reply{response.StatusCode, response.Header.Clone(), body}
		change(r, &heard)
		response.StatusCode, response.Header, response.ContentLength = heard.status, heard.header, int64(len(heard.body))
		response.Header.Del("Content-Length")
		response.Body = io.NopCloser(bytes.NewReader(heard.body))
		return response, nil
	})
}

// hearsJSON changes good replies.
func hearsJSON(pattern string, change func(r *http.Request, body map[string]any)) wrongClient {
	return hears(pattern, func(r *http.Request, reply *reply) {
		body := map[string]any{}
		if reply.status != http.StatusOK || json.Unmarshal(reply.body, &body) != nil {
			return
		}
		change(r, body)
		if text, err := json.Marshal(body); err == nil {
			reply.body = text
		}
	})
}

// hearsStatus takes one status for another, with a body to go with it; "" keeps the zone's.
func hearsStatus(pattern string, from, to int, body string) wrongClient {
	return hears(pattern, func(_ *http.Request, reply *reply) {
		if reply.status == from {
			reply.status = to
			if body != "" {
				reply.body = []byte(body)
			}
		}
	})
}

// neverSends takes for granted what it should have sent.
func neverSends(pattern, answer string) wrongClient {
	return where(pattern, func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer))}, nil
	})
}

// before sends another request first, or the same one once more.
func before(pattern, method, path, body string) wrongClient {
	return where(pattern, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		extra := r.Clone(r.Context())
		extra.Body, extra.ContentLength = nil, 0
		if body != "" {
			extra.Body, extra.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
		extra.Method, extra.URL.Path, extra.URL.RawPath = method, "/api/v2"+path, ""
		response, err := next.RoundTrip(extra)
		if err == nil {
			response.Body.Close()
		}
		return next.RoundTrip(r)
	})
}

// sulks keeps to the first refusal: once a call was refused, so is every later one.
func sulks(pattern string) wrongClient {
	return func(next http.RoundTripper) http.RoundTripper {
		var mu sync.Mutex
		refused := false
		return hears(pattern, func(_ *http.Request, reply *reply) {
			mu.Lock()
			defer mu.Unlock()
			if refused = refused || reply.status >= 400; refused {
				reply.status, reply.body = http.StatusNotFound, []byte(`{"message":"no","code":"SC404"}`)
			}
		})(next)
	}
}

// needsJSON takes a refusal in plain text for a broken connection.
func needsJSON(pattern string) wrongClient {
	return where(pattern, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		if err == nil && response.StatusCode >= 400 && !strings.Contains(response.Header.Get("Content-Type"), "json") {
			response.Body.Close()
			return nil, errors.New("this is no JSON")
		}
		return response, err
	})
}

// both makes two mistakes.
func both(a, b wrongClient) wrongClient {
	return func(next http.RoundTripper) http.RoundTripper { return a(b(next)) }
}

// rows gives the rows of a list in a reply.
func rows(body map[string]any, list string) (rows []map[string]any) {
	all, _ := body[list].([]any)
	for _, row := range all {
		if row, ok := row.(map[string]any); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// without hides rows of a list.
func without(body map[string]any, list string, hidden func(row map[string]any) bool) {
	kept := []any{}
	for _, row := range rows(body, list) {
		if !hidden(row) {
			kept = append(kept, row)
		}
	}
	body[list] = kept
}
