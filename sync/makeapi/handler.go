package makeapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// HandlerTransport carries requests to a handler in this process, so that a
// simulated zone meets the same client as a real one. The handler sees what a server would
// show it and may answer in pieces, hang until the request's context ends, or drop
// the connection with panic(http.ErrAbortHandler); a reply shorter than its Content-Length
// breaks off as on a wire.
func HandlerTransport(handler http.Handler) http.RoundTripper { return handlerTransport{handler} }

type handlerTransport struct{ handler http.Handler }

// RoundTrip runs the handler and returns as soon as it has begun to answer.
func (t handlerTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(request.Context())
	reply := &handlerReply{header: http.Header{}, cancel: cancel}
	reply.changed = sync.NewCond(&reply.mu)
	stop := context.AfterFunc(request.Context(), func() { reply.abort(context.Cause(request.Context())) })
	go func() {
		defer stop()
		t.serve(reply, serverRequest(request.WithContext(ctx)))
	}()
	return reply.response(request)
}

func (t handlerTransport) serve(reply *handlerReply, request *http.Request) {
	defer func() {
		request.Body.Close()
		switch problem := recover(); problem {
		case nil:
			if request.Context().Err() != nil { // a handler that ends because the client went has answered nothing
				reply.abort(context.Cause(request.Context()))
			}
			reply.finish()
		case http.ErrAbortHandler:
			reply.abort(io.ErrUnexpectedEOF)
		default:
			reply.abort(fmt.Errorf("internal error: the zone's handler panicked with a %T", problem))
		}
	}()
	t.handler.ServeHTTP(reply, request)
}

// serverRequest is the request as a server hands it to a handler.
func serverRequest(request *http.Request) *http.Request {
	server := request.Clone(request.Context())
	server.RequestURI = request.URL.RequestURI()
	server.RemoteAddr = "127.0.0.1:0"
	if server.Host == "" {
		server.Host = request.URL.Host
	}
	server.URL.Scheme, server.URL.Host = "", ""
	server.Proto, server.ProtoMajor, server.ProtoMinor = "HTTP/1.1", 1, 1
	if server.Body == nil {
		server.Body = http.NoBody
	}
	return server
}

// handlerReply is both ends of a reply: the handler's ResponseWriter and the
// client's body. What was written waits in pending, so that a slow reader never blocks the handler.
type handlerReply struct {
	cancel  context.CancelFunc
	mu      sync.Mutex
	changed *sync.Cond
	header  http.Header // the handler's
	sent    http.Header // as it stood when the status went out
	status  int
	flushed bool // the client may see the status
	pending bytes.Buffer
	written int64
	done    bool
	err     error // why it broke off
	closed  bool  // the client has gone
}

// Header is the handler's header map.
func (r *handlerReply) Header() http.Header { return r.header }

// WriteHeader fixes status and header.
func (r *handlerReply) WriteHeader(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writeHeader(status)
}

func (r *handlerReply) writeHeader(status int) {
	if r.status != 0 || status < 200 {
		return
	}
	r.status, r.sent = status, r.header.Clone()
}

// Write takes a piece of the body.
func (r *handlerReply) Write(data []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writeHeader(http.StatusOK)
	if r.err != nil || r.closed {
		return 0, errors.New("the client has gone")
	}
	if r.status == http.StatusNoContent || r.status == http.StatusNotModified {
		return 0, http.ErrBodyNotAllowed
	}
	r.written += int64(len(data))
	r.pending.Write(data)
	r.flushed = r.flushed || r.pending.Len() >= 32<<10
	r.changed.Broadcast()
	return len(data), nil
}

// Flush shows the client what there is.
func (r *handlerReply) Flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writeHeader(http.StatusOK)
	r.flushed = true
	r.changed.Broadcast()
}

func (r *handlerReply) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writeHeader(http.StatusOK)
	r.done, r.flushed = true, r.flushed || r.err == nil
	length, err := strconv.ParseInt(r.sent.Get("Content-Length"), 10, 64)
	if err == nil && r.written < length && r.err == nil {
		r.err = io.ErrUnexpectedEOF
	}
	r.changed.Broadcast()
}

func (r *handlerReply) abort(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.done && r.err == nil {
		r.err = err
	}
	r.changed.Broadcast()
}

// response waits until the handler has begun to answer.
func (r *handlerReply) response(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.flushed && r.err == nil {
		r.changed.Wait()
	}
	if !r.flushed {
		r.cancel()
		return nil, r.err
	}
	return &http.Response{
		Status: strconv.Itoa(r.status) + " " + http.StatusText(r.status), StatusCode: r.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.sent, Body: (*handlerBody)(r), ContentLength: -1, Request: request,
	}, nil
}

// handlerBody is the client's end.
type handlerBody handlerReply

// Read waits for the handler's next piece.
func (b *handlerBody) Read(into []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.pending.Len() == 0 && !b.done && b.err == nil {
		b.changed.Wait()
	}
	switch {
	case b.pending.Len() > 0:
		return b.pending.Read(into)
	case b.err != nil:
		return 0, b.err
	}
	return 0, io.EOF
}

// Close lets the handler go.
func (b *handlerBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.cancel()
	return nil
}
