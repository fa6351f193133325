package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"syscall"
)

// Transport reaches a handler without a network: the handler runs in a goroutine
// of its own and the reply comes when it is complete. A handler that breaks the
// connection gives an error (connection reset) or, once it has begun to answer, a
// body that ends in io.ErrUnexpectedEOF; one that hangs ends with the request's
// context. Redirects, TLS and timeouts are those of the http.Client around it.
func Transport(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	in := r.Clone(ctx)
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:0"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err = firstError(err, r.Body.Close()); err != nil {
			return nil, err
		}
		in.Body = io.NopCloser(bytes.NewReader(b))
	}
	rec := &recorder{header: http.Header{}}
	served := make(chan error, 1)
	go func() { served <- rec.serve(t.handler, in) }()
	select {
	case err := <-served:
		return rec.response(r, err)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// recorder is the ResponseWriter of a call in process.
type recorder struct {
	mu     sync.Mutex
	header http.Header
	sent   http.Header
	status int
	body   bytes.Buffer
}

// serve runs the handler; a panic with http.ErrAbortHandler is its error.
func (rec *recorder) serve(h http.Handler, r *http.Request) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			err = http.ErrAbortHandler
		default:
			err = fmt.Errorf("sandbox: handler panicked with a %T", p) // the value may hold a secret
		}
	}()
	h.ServeHTTP(rec, r)
	return nil
}

func (rec *recorder) Header() http.Header { return rec.header }

func (rec *recorder) WriteHeader(status int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.status == 0 {
		rec.status, rec.sent = status, rec.header.Clone()
	}
}

func (rec *recorder) Write(b []byte) (int, error) {
	rec.WriteHeader(http.StatusOK)
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.body.Write(b)
}

func (rec *recorder) response(r *http.Request, err error) (*http.Response, error) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if err != nil && (rec.status == 0 || err != http.ErrAbortHandler) {
		if err == http.ErrAbortHandler {
			err = syscall.ECONNRESET
		}
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if rec.status == 0 {
		rec.status, rec.sent = http.StatusOK, rec.header.Clone()
	}
	length := int64(rec.body.Len())
	if r.Method == http.MethodHead {
		rec.body.Reset()
	}
	body := io.Reader(bytes.NewReader(rec.body.Bytes()))
	if n, errn := strconv.ParseInt(rec.sent.Get("Content-Length"), 10, 64); errn == nil {
		length = n
	}
	if err != nil {
		body = io.MultiReader(body, broken{})
	}
	return &http.Response{Status: strconv.Itoa(rec.status) + " " + http.StatusText(rec.status), StatusCode: rec.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: rec.sent, Body: io.NopCloser(body), ContentLength: length, Request: r}, nil
}

// broken is the end of a body that was cut off.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
